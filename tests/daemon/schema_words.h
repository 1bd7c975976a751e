// JSON Schema and OpenAPI in the words of a Markdown table, for the REST reference. Pure.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "json/value.h"

namespace schema_words {

using dev8agent::internal::json::Value;

// Throws std::runtime_error: what is not known would be missing in the document.
[[noreturn]] void refuse(const std::string& what);
// Refuses an `object` with a member that is none of `known`.
void expect_members(const Value& object, const std::set<std::string_view>& known, const std::string& place);

// A member, or null; its text, or an empty one.
const Value& member(const Value& object, std::string_view name);
std::string text_of(const Value& object, std::string_view name);
// The last part of "#/components/schemas/Environment".
std::string name_of(std::string_view reference);

// Text for a cell of a table, where a bar would end the cell; the same as code.
std::string cell(std::string_view text);
std::string code(std::string_view text);
// A link to a heading of the document, with the heading or `shown` as its text.
std::string link(const std::string& heading, const std::string& shown = "");
std::string joined(const std::vector<std::string>& parts, const std::string& between);

// A type with its rules: "integer, 1 to 4, by default `2`".
std::string type_of(const Value& schema);
// Appends a row for each property of `schema`, and for those within it under names such as "data.limits" and
// "stages[].name". `path` stands before the names.
void add_rows(std::string& text, const Value& schema, const std::string& path);

}  // namespace schema_words
