// Variables for tests of the configuration, and what is wrong with them. A test states
// only what matters to it:
//
//   CHECK(wrong_fields(variables({{"REGISTRY_PASSWORD", "x"}})) == "REGISTRY_USERNAME ");
//
// Nothing here reads the environment of the process or a file. `Variables` is a map of
// names and values.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "dev8agent/options.h"

namespace dev8agent::test {

// The fewest variables that make a valid configuration, with `more` on top. An empty
// value in `more` stands for a variable that is set to nothing, which counts as absent.
inline Variables variables(const Variables& more = {}) {
  Variables result = {{"AZURE_SUBSCRIPTION_ID", "33333333-3333-4333-8333-333333333333"},
                      {"AZURE_RESOURCE_GROUP", "dev8"},
                      {"AZURE_STORAGE_ACCOUNT", "dev8files"}};
  for (const auto& [name, value] : more) result[name] = value;
  return result;
}

// The whole way from variables to settings: first the text of each variable, then what
// they mean together. The error lists all that is wrong in the step that failed.
inline Result<AgentSettings> settings_of(const Variables& input) {
  // The first step reads each variable for itself.
  auto options = options_from_variables(input);
  if (!options.ok()) return options.error();
  return finalize(std::move(*options));
}

// The variables that the error names, each followed by a space, in the order of the
// error; empty for a success.
inline std::string wrong_fields(const Variables& input) {
  const auto settings = settings_of(input);
  std::string names;
  if (settings.ok()) return names;
  // Fields are the names of variables here.
  for (const FieldError& field : settings.error().fields) names += field.field + " ";
  return names;
}

}  // namespace dev8agent::test
