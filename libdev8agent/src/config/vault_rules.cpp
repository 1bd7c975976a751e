// Names, URIs and the identity of secrets in a vault.
#include "config/vault_rules.h"

#include <set>

#include "config/checks.h"
#include "config/rule_check.h"
#include "plan/reserved_variables.h"

namespace dev8agent::internal {
namespace {

constexpr const char* kUris = "WORKSPACE_SECRET_URIS";
constexpr const char* kIdentity = "WORKSPACE_SECRET_IDENTITY";

// An entry without the form may be a secret that was put here by mistake: it is told by its number.
void check_entry(const VaultVariable& entry, std::size_t number, RuleCheck& check) {
  const std::string which = "; entry " + std::to_string(number) + " is not";
  if (!check(
          plan::is_variable_name(entry.name) && !entry.uri.empty(), kUris,
          "must be NAME=https://VAULT/secrets/NAME with commas or line breaks between, where the first NAME "
          "has 1 to 63 characters A-Z a-z 0-9 _ without a digit first" +
              which)) {
    return;
  }
  check(is_secret_uri(entry.uri), kUris,
        "must have https://VAULT/secrets/NAME or https://VAULT/secrets/NAME/VERSION for " + entry.name);
  check(!plan::is_reserved_variable(entry.name) || plan::is_optional_secret(entry.name), kUris,
        "must not name a variable of the agent's own: " + entry.name);
}

void check_vault_variables(const std::vector<VaultVariable>& variables, RuleCheck& check) {
  std::set<std::string> names;
  std::size_t number = 0;
  for (const VaultVariable& entry : variables) {
    check_entry(entry, ++number, check);
    const bool fresh = names.insert(entry.name).second;
    check(fresh || !plan::is_variable_name(entry.name), kUris,
          "must not name a variable twice: " + entry.name);
  }
}

}  // namespace

void check_vault(const AgentOptions& options, FieldErrors& errors) {
  RuleCheck check(errors);
  const VaultOptions& vault = options.vault;
  const WorkspaceTlsOptions& tls = options.workspace_tls;
  check_vault_variables(vault.variables, check);
  if (vault.variables.empty() && tls.certificate_uri.empty() && tls.key_uri.empty()) {
    check(vault.identity.empty(), kIdentity,
          "is used with WORKSPACE_SECRET_URIS or WORKSPACE_TLS_CERTIFICATE_URI only");
    return;
  }
  check(
      is_identity_id(vault.identity), kIdentity,
      "must be the ARM id of the user-assigned identity that reads the vault, with WORKSPACE_SECRET_URIS and "
      "WORKSPACE_TLS_CERTIFICATE_URI");
  check(!is_older_version(options.aci_api_version, kWithSecretReferences), "AZURE_ACI_API_VERSION",
        "must be 2025-09-01 or newer with WORKSPACE_SECRET_URIS and WORKSPACE_TLS_CERTIFICATE_URI");
}

}  // namespace dev8agent::internal
