// ObjectReader: the members of a caller's JSON object by type and rule.
#include "wire/object_reader.h"

#include <limits>

namespace dev8agent::internal::wire {

ObjectReader::ObjectReader(const json::Value& object, std::string path, std::vector<FieldError>& errors)
    : object_(object), path_(std::move(path)), errors_(errors) {}

const json::Value* ObjectReader::find(std::string_view name) const {
  const json::Value* value = object_.find(name);
  return value == nullptr || value->is_null() ? nullptr : value;
}

bool ObjectReader::has(std::string_view name) const {
  return find(name) != nullptr;
}

bool ObjectReader::is_string(std::string_view name) const {
  const json::Value* value = find(name);
  return value != nullptr && value->is_string();
}

void ObjectReader::fail(std::string_view name, std::string message) {
  errors_.push_back(
      {path_.empty() ? std::string(name) : path_ + "." + std::string(name), std::move(message)});
}

std::optional<std::string> ObjectReader::string(std::string_view name) {
  const json::Value* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) {
    fail(name, "must be a string");
    return std::nullopt;
  }
  return std::string(value->string());
}

std::optional<int> ObjectReader::integer(std::string_view name, const std::function<std::string()>& rule) {
  const json::Value* value = find(name);
  if (value == nullptr) return std::nullopt;
  const auto number = value->integer();
  if (!number || *number < std::numeric_limits<int>::min() || *number > std::numeric_limits<int>::max()) {
    fail(name, rule());
    return std::nullopt;
  }
  return static_cast<int>(*number);
}

std::optional<bool> ObjectReader::boolean(std::string_view name) {
  const json::Value* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_bool()) fail(name, "must be true or false");
  return value->boolean();
}

std::vector<std::string> ObjectReader::strings(std::string_view name) {
  std::vector<std::string> result;
  const json::Value* value = find(name);
  if (value == nullptr) return result;
  bool well_formed = value->is_array();
  for (const json::Value& item : value->array()) {
    well_formed = well_formed && item.is_string();
    result.emplace_back(item.string());
  }
  if (!well_formed) fail(name, "must be a list of strings");
  return result;
}

std::optional<NamedTexts> ObjectReader::texts(std::string_view name, Null null) {
  const json::Value* value = object(name);
  if (value == nullptr || !value->is_object()) return std::nullopt;
  NamedTexts texts;
  ObjectReader members(*value, path_.empty() ? std::string(name) : path_ + "." + std::string(name), errors_);
  for (const json::Member& member : value->object()) {
    if (auto text = members.string(member.name)) {
      texts.emplace(member.name, std::move(*text));
    } else if (member.value.is_null() && null == Null::kIsEmpty) {
      texts.emplace(member.name, "");
    } else if (member.value.is_null()) {
      members.fail(member.name, "must be a string");
    }
  }
  return texts;
}

const json::Value* ObjectReader::object(std::string_view name) {
  const json::Value* value = find(name);
  if (value == nullptr || value->is_object()) return value;
  fail(name, "must be an object");
  return nullptr;
}

}  // namespace dev8agent::internal::wire
