// VariableReader: reads configuration variables with their types and rules, and collects every broken one, so
// that one start shows all mistakes. One thread.
//
//   VariableReader reader(variables);
//   settings.port = reader.integer("AGENT_PORT", 0, 65535, 8080);
//   if (!reader.errors().empty()) return dev8agent::invalid_request(reader.errors());
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "dev8agent/error.h"
#include "dev8agent/options.h"

namespace dev8agentd {

// The items of a comma-separated list, trimmed. Empty items are kept, so that a rule can refuse them; an
// empty text has one.
std::vector<std::string> split_list(std::string_view text);

// A value that breaks its rule adds an error, and the fallback is returned. Blanks around values are ignored,
// and an empty value counts as absent. Messages never repeat the value.
class VariableReader {
 public:
  // `variables` must outlive the reader.
  explicit VariableReader(const dev8agent::Variables& variables) : variables_(variables) {}

  // The value, or `fallback` when the variable is absent or empty.
  std::string text(const char* name, std::string_view fallback) const;
  // A whole decimal number from `least` to `most`.
  int integer(const char* name, int least, int most, int fallback);
  // "true" or "false", in lower case.
  bool boolean(const char* name, bool fallback);
  // Comma-separated items, each of which passes `valid`; `expected` says what that is ("an origin such as
  // ..."). All items are returned, also those that break the rule. Nothing for an empty list.
  std::vector<std::string> list(const char* name, std::string_view fallback,
                                const std::function<bool(std::string_view)>& valid,
                                const std::string& expected);

  // True when the variable is there and holds nothing but blanks; false for an empty value.
  bool is_blank(const char* name) const;
  // Adds an error of the variable. Where its value is a link that Kubernetes sets by itself for a Service
  // ("tcp://10.0.0.1:8080"), the message says how to avoid it.
  void fail(const char* name, std::string message);
  const std::vector<dev8agent::FieldError>& errors() const { return errors_; }

 private:
  const dev8agent::Variables& variables_;
  std::vector<dev8agent::FieldError> errors_;
};

}  // namespace dev8agentd
