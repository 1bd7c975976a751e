// A diagnosis as JSON.
#include "dev8agent/failure_guide.h"
#include "dev8agent/wire.h"

namespace dev8agent {
inline namespace DEV8AGENT_ABI {
namespace {

std::string check_json(const DiagnosisCheck& check) {
  JsonObject shown;
  shown.field("subject", check.subject).field("verdict", to_string(check.verdict));
  if (!check.code.empty()) shown.field("code", check.code);
  shown.field("detail", check.detail);
  if (!check.code.empty()) shown.field("remedy", advice_for(check.code).remedy);
  return shown.str();
}

}  // namespace

std::string to_json(const Diagnosis& diagnosis) {
  std::string checks, actions;
  for (const DiagnosisCheck& check : diagnosis.checks)
    checks += (checks.empty() ? "" : ",") + check_json(check);
  for (const std::string& action : diagnosis.missing_actions)
    actions += (actions.empty() ? "\"" : ",\"") + action + "\"";
  JsonObject shown;
  shown.field("healthy", diagnosis.healthy())
      .raw("checks", "[" + checks + "]")
      .raw("missingActions", "[" + actions + "]");
  if (!diagnosis.missing_role.empty()) shown.raw("roleDefinition", diagnosis.missing_role);
  return shown.str();
}

}  // namespace DEV8AGENT_ABI
}  // namespace dev8agent
