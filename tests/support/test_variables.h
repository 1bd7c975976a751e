// Variables for configuration tests, and what is wrong with them.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "dev8agent/options.h"

namespace dev8agent::test {

// The fewest variables that make a valid configuration, with `more` on top; an empty value takes one away.
inline Variables variables(const Variables& more = {}) {
  Variables result = {{"AZURE_SUBSCRIPTION_ID", "33333333-3333-4333-8333-333333333333"},
                      {"AZURE_RESOURCE_GROUP", "dev8"},
                      {"AZURE_STORAGE_ACCOUNT", "dev8files"}};
  for (const auto& [name, value] : more) result[name] = value;
  return result;
}

inline Result<AgentSettings> settings_of(const Variables& input) {
  auto options = options_from_variables(input);
  if (!options.ok()) return options.error();
  return finalize(std::move(*options));
}

// The variables that an error names, each followed by a space.
inline std::string wrong_fields(const Variables& input) {
  const auto settings = settings_of(input);
  std::string names;
  if (settings.ok()) return names;
  for (const FieldError& field : settings.error().fields) names += field.field + " ";
  return names;
}

}  // namespace dev8agent::test
