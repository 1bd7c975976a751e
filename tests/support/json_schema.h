// A validator for the part of JSON Schema that Azure's API descriptions and the daemon's OpenAPI document
// use: type, required, properties, enum, const, pattern, the limits of numbers and lengths, items,
// additionalProperties, allOf, oneOf and $ref. Stricter than the standard: a property that is not
// described is an error, and so is one that only answers may hold (readOnly).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "json/value.h"

namespace dev8agent::test {

using namespace internal;

// Used by group_schema_test.cpp to show that the body of a PUT of a container group is
// as the API description says. Example:
//
//   JsonSchema schema(definitions);
//   CHECK(schema.errors("ContainerGroup", body) == std::vector<std::string>{});
class JsonSchema {
 public:
  // `definitions` is an object of schemas by name; a $ref is one of these names,
  // alone or behind "#/components/schemas/".
  explicit JsonSchema(json::Value definitions) : definitions_(std::move(definitions)) {}

  // What is wrong with `value` as an instance of `definition`, each error with the path
  // of its place, such as "ContainerGroup.properties.containers[0].name: is missing";
  // empty when nothing is. Throws std::runtime_error for a definition or type that does
  // not exist: that is a fault of the description, not of the value.
  std::vector<std::string> errors(std::string_view definition, const json::Value& value) const;

 private:
  using Errors = std::vector<std::string>;
  // Follows $ref to the schema itself.
  const json::Value& resolve(const json::Value& schema) const;
  // The schemas whose properties and requirements make up an object: `schema` and,
  // through allOf, its bases. The pointers refer to definitions_.
  void collect(const json::Value& schema, std::vector<const json::Value*>& parts) const;
  // Appends what is wrong with `value`, which stands at `path`. A readOnly property is
  // always an error.
  void check(const json::Value& schema, const json::Value& value, const std::string& path,
             Errors& errors) const;
  // Exactly one of `choices` has to fit.
  void check_choice(const json::Value& choices, const json::Value& value, const std::string& path,
                    Errors& errors) const;
  // The part for objects: required properties, and each property that is there. An
  // object of which nothing is described may hold anything.
  void check_object(const json::Value& schema, const json::Value& value, const std::string& path,
                    Errors& errors) const;

  json::Value definitions_;
};

}  // namespace dev8agent::test
