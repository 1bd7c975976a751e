// Collects the broken rules of the configuration.
#pragma once

#include <string>
#include <string_view>

#include "config/variables.h"

namespace dev8agent::internal {

// check(holds, "AZURE_SUBNET_ID", "must be ...") enters the rule when it does not hold, and returns whether
// it does.
class RuleCheck {
 public:
  explicit RuleCheck(FieldErrors& errors) : errors_(errors) {}
  bool operator()(bool holds, std::string_view variable, std::string_view rule) {
    if (!holds) errors_.push_back({std::string(variable), std::string(rule)});
    return holds;
  }
  // How many have been entered.
  std::size_t count() const { return errors_.size(); }

 private:
  FieldErrors& errors_;
};

}  // namespace dev8agent::internal
