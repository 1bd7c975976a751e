// Reads configuration variables with their types and rules, and collects every broken one.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "dev8agent/error.h"
#include "dev8agent/options.h"

namespace dev8agentd {

// Trims, splits at commas and keeps empty items.
std::vector<std::string> split_list(std::string_view text);

class VariableReader {
 public:
  explicit VariableReader(const dev8agent::Variables& variables) : variables_(variables) {}

  // The value, or `fallback` when the variable is absent or empty.
  std::string text(const char* name, std::string_view fallback) const;
  int integer(const char* name, int least, int most, int fallback);
  bool boolean(const char* name, bool fallback);
  // Comma-separated items, each of which passes `valid`; `expected` says what that is.
  std::vector<std::string> list(const char* name, std::string_view fallback,
                                const std::function<bool(std::string_view)>& valid,
                                const std::string& expected);

  // Whether the variable is there and holds nothing but blanks.
  bool is_blank(const char* name) const;
  // Adds an error of the variable; where its value is one that Kubernetes sets by itself, the message says
  // so.
  void fail(const char* name, std::string message);
  const std::vector<dev8agent::FieldError>& errors() const { return errors_; }

 private:
  const dev8agent::Variables& variables_;
  std::vector<dev8agent::FieldError> errors_;
};

}  // namespace dev8agentd
