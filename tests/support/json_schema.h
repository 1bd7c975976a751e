// A validator for the part of JSON Schema that Azure's API descriptions use: type, required, properties,
// enum, items, additionalProperties, allOf and $ref. Stricter than the standard: a property that is not
// described is an error, and so is one that only answers may hold (readOnly).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "json/value.h"

namespace dev8agent::test {

using namespace internal;

class JsonSchema {
 public:
  // `definitions` is an object of schemas; $ref is the name of one of them.
  explicit JsonSchema(json::Value definitions) : definitions_(std::move(definitions)) {}

  // What is wrong with `value` as an instance of the definition, each error with its path; empty when nothing
  // is.
  std::vector<std::string> errors(std::string_view definition, const json::Value& value) const;

 private:
  using Errors = std::vector<std::string>;
  const json::Value& resolve(const json::Value& schema) const;
  // The schemas whose properties and requirements make up an object: `schema` and, through allOf, its bases.
  void collect(const json::Value& schema, std::vector<const json::Value*>& parts) const;
  void check(const json::Value& schema, const json::Value& value, const std::string& path,
             Errors& errors) const;
  void check_object(const json::Value& schema, const json::Value& value, const std::string& path,
                    Errors& errors) const;

  json::Value definitions_;
};

}  // namespace dev8agent::test
