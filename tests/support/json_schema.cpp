// Validation by walking schema and value together.
#include "support/json_schema.h"

#include <algorithm>
#include <stdexcept>

namespace dev8agent::test {
namespace {

using json::Value;

bool has_type(const Value& value, std::string_view type) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_bool();
  if (type == "integer") return value.is_integer();
  if (type == "number") return value.is_number();
  throw std::runtime_error("a schema with an unknown type: " + std::string(type));
}

const Value* property(const std::vector<const Value*>& parts, const std::string& name) {
  for (const Value* part : parts) {
    if (const Value* found = part->find_path({"properties", name})) return found;
  }
  for (const Value* part : parts) {
    if (const Value* rest = part->find("additionalProperties")) return rest;
  }
  return nullptr;
}

// An object of which nothing is described may hold anything, such as the keys of a secret volume.
bool is_described(const std::vector<const Value*>& parts) {
  return std::any_of(parts.begin(), parts.end(), [](const Value* part) {
    return part->find("properties") != nullptr || part->find("additionalProperties") != nullptr;
  });
}

}  // namespace

std::vector<std::string> JsonSchema::errors(std::string_view definition, const Value& value) const {
  Errors errors;
  check(json::object({{"$ref", definition}}), value, std::string(definition), errors);
  return errors;
}

const Value& JsonSchema::resolve(const Value& schema) const {
  const std::string_view reference = schema.string_at({"$ref"});
  if (reference.empty()) return schema;
  const Value* found = definitions_.find(reference);
  if (found == nullptr) throw std::runtime_error("no definition " + std::string(reference));
  return resolve(*found);
}

void JsonSchema::collect(const Value& schema, std::vector<const Value*>& parts) const {
  const Value& resolved = resolve(schema);
  parts.push_back(&resolved);
  if (const Value* bases = resolved.find("allOf")) {
    for (const Value& base : bases->array()) collect(base, parts);
  }
}

void JsonSchema::check(const Value& schema, const Value& value, const std::string& path,
                       Errors& errors) const {
  const Value& resolved = resolve(schema);
  if (const Value* read_only = schema.find("readOnly"); read_only && read_only->boolean() == true) {
    errors.push_back(path + ": only answers have it");
    return;
  }
  const std::string_view type = resolved.string_at({"type"});
  if (!type.empty() && !has_type(value, type)) {
    errors.push_back(path + ": must be of type " + std::string(type));
    return;
  }
  if (const Value* allowed = resolved.find("enum")) {
    const auto& words = allowed->array();
    if (std::none_of(words.begin(), words.end(),
                     [&](const Value& word) { return word.string() == value.string(); }))
      errors.push_back(path + ": is not one of the words allowed");
  }
  if (const Value* items = resolved.find("items")) {
    for (std::size_t i = 0; i < value.array().size(); ++i)
      check(*items, value.array()[i], path + "[" + std::to_string(i) + "]", errors);
  }
  if (value.is_object()) check_object(resolved, value, path, errors);
}

void JsonSchema::check_object(const Value& schema, const Value& value, const std::string& path,
                              Errors& errors) const {
  std::vector<const Value*> parts;
  collect(schema, parts);
  for (const Value* part : parts) {
    const Value* required = part->find("required");
    if (required == nullptr) continue;
    for (const Value& name : required->array()) {
      if (value.find(name.string()) == nullptr)
        errors.push_back(path + "." + std::string(name.string()) + ": is missing");
    }
  }
  if (!is_described(parts)) return;
  for (const json::Member& member : value.object()) {
    const std::string member_path = path + "." + member.name;
    const Value* described = property(parts, member.name);
    if (described == nullptr) {
      errors.push_back(member_path + ": is not in the description");
    } else {
      check(*described, member.value, member_path, errors);
    }
  }
}

}  // namespace dev8agent::test
