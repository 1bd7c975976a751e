// ObjectReader: typed access to the members of one JSON object of a request. It collects every error and goes
// on, so that one answer shows all mistakes.
//
//   std::vector<FieldError> errors;
//   ObjectReader reader(body, "", errors);
//   const auto name = reader.string("name");
//   const auto cores = reader.integer("cpuCores", [] { return "must be a whole number from 1 to 4"; });
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dev8agent/environment.h"
#include "dev8agent/error.h"
#include "json/value.h"

namespace dev8agent::internal::wire {

// A member that is absent or null answers nothing: whether it is required is another rule (plan/validate.h).
// One of the wrong type answers nothing too, and adds a FieldError that names it. Messages never repeat
// values, which may be secrets. Not thread-safe.
class ObjectReader {
 public:
  // `path` leads to the object and stands before each field's name with a '.'; empty for the body itself.
  // `object` and `errors` must outlive the reader.
  ObjectReader(const json::Value& object, std::string path, std::vector<FieldError>& errors);

  std::optional<std::string> string(std::string_view name);
  // A whole number that fits int; `rule` makes the message for anything else. The range is not checked here.
  std::optional<int> integer(std::string_view name, const std::function<std::string()>& rule);
  std::optional<bool> boolean(std::string_view name);
  // A list of strings. With an error, the result still has an item for each one of the list.
  std::vector<std::string> strings(std::string_view name);
  // An object whose members are strings. One with another type adds an error under its own name, and is left
  // out. `null` says what a null is.
  enum class Null { kIsError, kIsEmpty };
  std::optional<NamedTexts> texts(std::string_view name, Null null = Null::kIsError);
  // The member as an object; null when it has another type. Valid while the object that is read is.
  const json::Value* object(std::string_view name);

  // True when the member is there and not null.
  bool has(std::string_view name) const;
  // True when the member is a string; reports no error.
  bool is_string(std::string_view name) const;
  // Adds an error of the member `name`.
  void fail(std::string_view name, std::string message);

 private:
  const json::Value* find(std::string_view name) const;

  const json::Value& object_;
  std::string path_;
  std::vector<FieldError>& errors_;
};

}  // namespace dev8agent::internal::wire
