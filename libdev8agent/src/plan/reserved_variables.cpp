// The form of names, and the agent's own variables.
#include "plan/reserved_variables.h"

#include <algorithm>
#include <array>

#include "base/secret_fields.h"
#include "base/text.h"

namespace dev8agent::internal::plan {
namespace {

constexpr std::array<std::string_view, 8> kOwn = {"WORKSPACE_ID",     "ENVIRONMENT_ID",  "USER_ID",
                                                  "WORKSPACE_DIR",    "AGENT_ENABLED",   "AGENT_BASE_URL",
                                                  "MONITOR_INTERVAL", "CODE_SERVER_AUTH"};

}  // namespace

bool is_variable_name(std::string_view name) {
  const bool characters = std::all_of(name.begin(), name.end(), [](char c) {
    return c == '_' || is_lower_alnum(to_lower(std::string_view(&c, 1))[0]);
  });
  return !name.empty() && name.size() <= 63 && characters && (name.front() < '0' || name.front() > '9');
}

bool is_reserved_variable(std::string_view name) {
  if (name.starts_with("DEV8_") || name.starts_with("SUPERVISOR_")) return true;
  if (std::find(kOwn.begin(), kOwn.end(), name) != kOwn.end()) return true;
  return std::any_of(kSecretFields.begin(), kSecretFields.end(),
                     [&](const SecretField& field) { return field.variable == name; });
}

bool is_optional_secret(std::string_view name) {
  return std::any_of(kSecretFields.begin(), kSecretFields.end(), [&](const SecretField& field) {
    return field.variable == name && field.member != &EnvironmentSecrets::code_server_password;
  });
}

}  // namespace dev8agent::internal::plan
