// The members of Value.
#include "json/value.h"

#include <algorithm>

namespace dev8agent::internal::json {
namespace {

template <class Members>
auto* find_member(Members& members, std::string_view name) {
  auto found = std::find_if(members.begin(), members.end(), [&](const Member& m) { return m.name == name; });
  return found == members.end() ? nullptr : &found->value;
}

}  // namespace

std::optional<bool> Value::boolean() const {
  const bool* value = std::get_if<bool>(&content_);
  return value ? std::optional(*value) : std::nullopt;
}

std::optional<std::int64_t> Value::integer() const {
  const std::int64_t* value = std::get_if<std::int64_t>(&content_);
  return value ? std::optional(*value) : std::nullopt;
}

std::optional<double> Value::number() const {
  if (auto value = integer()) return static_cast<double>(*value);
  const double* value = std::get_if<double>(&content_);
  return value ? std::optional(*value) : std::nullopt;
}

std::string_view Value::string() const {
  const std::string* value = std::get_if<std::string>(&content_);
  return value ? std::string_view(*value) : std::string_view();
}

const Value::Array& Value::array() const {
  static const Array empty;
  const Array* value = std::get_if<Array>(&content_);
  return value ? *value : empty;
}

const Value::Object& Value::object() const {
  static const Object empty;
  const Object* value = std::get_if<Object>(&content_);
  return value ? *value : empty;
}

const Value* Value::find(std::string_view name) const {
  return find_member(object(), name);
}

const Value* Value::find_path(std::initializer_list<std::string_view> path) const {
  const Value* value = this;
  for (std::string_view name : path) {
    value = value->find(name);
    if (value == nullptr) return nullptr;
  }
  return value;
}

std::string_view Value::string_at(std::initializer_list<std::string_view> path) const {
  const Value* value = find_path(path);
  return value ? value->string() : std::string_view();
}

Value& Value::operator[](std::string_view name) {
  if (!is_object()) content_ = Object();
  Object& members = std::get<Object>(content_);
  if (Value* found = find_member(members, name)) return *found;
  members.push_back({std::string(name), Value()});
  return members.back().value;
}

Value& Value::set(std::string_view name, Value value) {
  (*this)[name] = std::move(value);
  return *this;
}

void Value::append(std::string name, Value value) {
  if (!is_object()) content_ = Object();
  std::get<Object>(content_).push_back({std::move(name), std::move(value)});
}

void Value::erase(std::string_view name) {
  if (Object* members = std::get_if<Object>(&content_)) {
    std::erase_if(*members, [&](const Member& m) { return m.name == name; });
  }
}

Value& Value::push(Value value) {
  mutable_array().push_back(std::move(value));
  return *this;
}

Value::Array& Value::mutable_array() {
  if (!is_array()) content_ = Array();
  return std::get<Array>(content_);
}

Value object(std::initializer_list<NewMember> members) {
  Value::Object made;
  made.reserve(members.size());
  for (const NewMember& member : members) made.push_back({std::move(member.name), std::move(member.value)});
  return made;
}
Value array(std::initializer_list<NewItem> items) {
  Value::Array made;
  made.reserve(items.size());
  for (const NewItem& item : items) made.push_back(std::move(item.value));
  return made;
}

}  // namespace dev8agent::internal::json
