// A JSON value as plain C++: what parse() makes and write() takes. Members keep their order. Knows nothing of
// the parser behind it, so that nothing outside json/ does.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace dev8agent::internal::json {

struct Member;

class Value {
 public:
  using Array = std::vector<Value>;
  using Object = std::vector<Member>;

  Value();  // null
  Value(bool value);
  Value(int value);
  Value(std::int64_t value);
  Value(double value);
  Value(const char* value);
  Value(std::string_view value);
  Value(std::string value);
  Value(Array value);
  Value(Object value);

  bool is_null() const { return content_.index() == 0; }
  bool is_bool() const { return std::holds_alternative<bool>(content_); }
  bool is_integer() const { return std::holds_alternative<std::int64_t>(content_); }
  bool is_number() const { return is_integer() || std::holds_alternative<double>(content_); }
  bool is_string() const { return std::holds_alternative<std::string>(content_); }
  bool is_array() const { return std::holds_alternative<Array>(content_); }
  bool is_object() const { return std::holds_alternative<Object>(content_); }

  // Each answers nothing (or empty) when the value is of another type.
  std::optional<bool> boolean() const;
  std::optional<std::int64_t> integer() const;
  std::optional<double> number() const;  // integers too
  std::string_view string() const;
  const Array& array() const;
  const Object& object() const;

  // The member called `name`, or null when it is absent or this is no object.
  const Value* find(std::string_view name) const;
  // The same along a path of names such as {"properties", "instanceView", "state"}.
  const Value* find_path(std::initializer_list<std::string_view> path) const;
  // The string at `path`, or empty.
  std::string_view string_at(std::initializer_list<std::string_view> path) const;

  // Sets a member of an object (a null value becomes an object), replacing the one of that name.
  Value& set(std::string_view name, Value value);
  // Adds a member to an object whose name is known to be new.
  void append(std::string name, Value value);
  // Removes a member if it is there.
  void erase(std::string_view name);
  // The mutable member, made null when absent.
  Value& operator[](std::string_view name);
  // Appends to an array (a null value becomes an array).
  Value& push(Value value);
  Array& mutable_array();

 private:
  std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object> content_;
};

struct Member {
  std::string name;
  Value value;
};

// Behind Member, which the variant must know to be made or destroyed.
inline Value::Value() = default;
inline Value::Value(bool value) : content_(value) {}
inline Value::Value(int value) : content_(std::int64_t{value}) {}
inline Value::Value(std::int64_t value) : content_(value) {}
inline Value::Value(double value) : content_(value) {}
inline Value::Value(const char* value) : content_(std::string(value)) {}
inline Value::Value(std::string_view value) : content_(std::string(value)) {}
inline Value::Value(std::string value) : content_(std::move(value)) {}
inline Value::Value(Array value) : content_(std::move(value)) {}
inline Value::Value(Object value) : content_(std::move(value)) {}

// An object of the given members.
Value object(std::initializer_list<Member> members);
Value array(std::initializer_list<Value> items);

}  // namespace dev8agent::internal::json
