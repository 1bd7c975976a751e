// ObjectReader: typed access to the members of one JSON object that collects every error and goes on.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dev8agent/error.h"
#include "json/value.h"

namespace dev8agent::internal::wire {

// A member that is absent or null answers nothing. One of the wrong type answers nothing too, and leaves a
// FieldError that names it. Messages never repeat values.
class ObjectReader {
 public:
  ObjectReader(const json::Value& object, std::string path, std::vector<FieldError>& errors);

  std::optional<std::string> string(std::string_view name);
  std::optional<int> integer(std::string_view name, std::string_view rule);
  std::optional<bool> boolean(std::string_view name);
  std::vector<std::string> strings(std::string_view name);
  const json::Value* object(std::string_view name);

  bool has(std::string_view name) const;
  bool is_string(std::string_view name) const;
  void fail(std::string_view name, std::string message);

 private:
  const json::Value* find(std::string_view name) const;

  const json::Value& object_;
  std::string path_;
  std::vector<FieldError>& errors_;
};

}  // namespace dev8agent::internal::wire
