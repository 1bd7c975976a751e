// A JSON value as plain C++: what parse() makes and write() takes. It knows nothing of the parser behind it,
// so code outside of json/ does not depend on that parser. A plain value: copies are deep, and one object
// must not be changed while another thread uses it.
//
//   Value group = object({{"name", "aci-ws-1"}, {"ports", array({8080, 2222})}});
//   group.set("location", "eastus");
//   const std::string_view name = group.string_at({"name"});       // "aci-ws-1"
//   const std::string_view none = group.string_at({"tags", "x"});  // "": there is no such member
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace dev8agent::internal::json {

struct Member;

// Reading never fails: a member that is absent or of another type reads as nothing or empty. Strings are
// UTF-8. Integers are kept apart from doubles, so that 2 and 2.0 are written as they were read.
class Value {
 public:
  using Array = std::vector<Value>;
  // Members keep their order. Looking one up takes time linear in their number.
  using Object = std::vector<Member>;

  // Implicit on purpose, so that object() and array() take plain values.
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
  // True for a number that was written without fraction and exponent and fits int64.
  bool is_integer() const { return std::holds_alternative<std::int64_t>(content_); }
  // True for integers, too.
  bool is_number() const { return is_integer() || std::holds_alternative<double>(content_); }
  bool is_string() const { return std::holds_alternative<std::string>(content_); }
  bool is_array() const { return std::holds_alternative<Array>(content_); }
  bool is_object() const { return std::holds_alternative<Object>(content_); }

  // The value as one type; nothing (or empty) when it has another type. Views and references are valid until
  // the value changes.
  std::optional<bool> boolean() const;
  std::optional<std::int64_t> integer() const;
  std::optional<double> number() const;  // integers too
  std::string_view string() const;
  const Array& array() const;
  const Object& object() const;

  // The member called `name`; null when it is absent or this is not an object. The first one counts where a
  // name is repeated; parse() lets no name be repeated. The pointer is valid until the object changes.
  const Value* find(std::string_view name) const;
  // The same along a path of names, such as {"properties", "instanceView", "state"}. An empty path is this
  // value.
  const Value* find_path(std::initializer_list<std::string_view> path) const;
  // The string at `path`; empty when there is none or it is of another type.
  std::string_view string_at(std::initializer_list<std::string_view> path) const;

  // Sets a member, replacing the one of that name. Returns this object, so that calls can be chained. For
  // these writing functions: a value that is not an object (or, for arrays, not an array) becomes an empty
  // one first.
  Value& set(std::string_view name, Value value);
  // Adds a member without looking for one of that name: the caller knows that there is none. So building an
  // object of n members takes linear time.
  void append(std::string name, Value value);
  // Removes every member called `name`, if there is one.
  void erase(std::string_view name);
  // The member called `name`, to be changed; it is made null when absent. The reference is valid until a
  // member is added or removed.
  Value& operator[](std::string_view name);
  // Adds an item at an array's end. Returns this array.
  Value& push(Value value);
  // The items, to be changed.
  Array& mutable_array();

 private:
  std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object> content_;
};

// One member of an object.
struct Member {
  std::string name;
  Value value;
};

// Defined behind Member, because the variant needs the complete type to be made or destroyed.
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

// What object() and array() are made of. They move from its members: a named list can be passed only once.
struct NewMember {
  NewMember(std::string its_name, Value its_value) : name(std::move(its_name)), value(std::move(its_value)) {}
  mutable std::string name;
  mutable Value value;
};
struct NewItem {
  template <class T>
  requires std::is_convertible_v<T, Value> NewItem(T&& its_value) : value(std::forward<T>(its_value)) {}
  mutable Value value;
};

// An object of the given members, whose names must differ.
Value object(std::initializer_list<NewMember> members);
// An array of the given items.
Value array(std::initializer_list<NewItem> items);

}  // namespace dev8agent::internal::json
