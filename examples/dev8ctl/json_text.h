// JSON texts: reading them, and writing them for people. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include <rapidjson/document.h>

#include "dev8agent/result.h"

namespace dev8ctl {

using Json = rapidjson::Value;

// The text as a tree; members keep their order. kAzureUnavailable: it is no JSON. Does not recurse.
dev8agent::Result<rapidjson::Document> parse_json(std::string_view text);

// The string at `name`; a number or truth value as text; empty when there is none.
std::string text_at(const Json& object, const char* name);
// The member at `name`; a null value when there is none. Valid while `object` is.
const Json& member(const Json& object, const char* name);

// Compact, and indented by two spaces with an end of line.
std::string compact(const Json& value);
std::string indented(const Json& value);
// YAML 1.2, block style, with an end of line. A string that could be taken for something else is quoted.
std::string to_yaml(const Json& value);

}  // namespace dev8ctl
