// References to secrets, and the names that they have in a group.
#include "plan/vault_secrets.h"

#include <algorithm>

#include "plan/tls_sidecar.h"

namespace dev8agent::internal::plan {
namespace {

constexpr const char* kStorageKeyReference = "storage-key";
constexpr const char* kCertificateReference = "tls-certificate";
constexpr const char* kKeyReference = "tls-key";

void add_tls_files(const AgentSettings& settings, ContainerGroupSpec& spec) {
  const WorkspaceTlsOptions& tls = settings->workspace_tls;
  if (!spec.tls || tls.certificate_uri.empty()) return;
  spec.vault_secrets.push_back({kCertificateReference, settings->vault.identity, tls.certificate_uri});
  spec.vault_secrets.push_back({kKeyReference, settings->vault.identity, tls.key_uri});
  spec.tls->file_references = {{kCertificateFile, kCertificateReference}, {kKeyFile, kKeyReference}};
}

bool has_secure_variable(const ContainerGroupSpec& spec, std::string_view name) {
  return std::any_of(spec.secure_variables.begin(), spec.secure_variables.end(),
                     [&](const auto& variable) { return variable.first == name; });
}

}  // namespace

void add_vault_secrets(const AgentSettings& settings, ContainerGroupSpec& spec) {
  const StorageAccessOptions& access = settings->storage_access;
  if (access.mount == MountAuth::kKeyVault) {
    spec.vault_secrets.push_back({kStorageKeyReference, access.mount_identity, access.secret_uri});
    spec.storage_key_reference = kStorageKeyReference;
  }
  // Numbered: the names of variables may differ in case alone, and those of references perhaps not.
  int number = 0;
  for (const VaultVariable& variable : settings->vault.variables) {
    if (has_secure_variable(spec, variable.name)) continue;
    const std::string reference = "variable-" + std::to_string(++number);
    spec.vault_secrets.push_back({reference, settings->vault.identity, variable.uri});
    spec.vault_variables.emplace_back(variable.name, reference);
  }
  add_tls_files(settings, spec);
}

bool is_vault_variable(const AgentSettings& settings, std::string_view name) {
  const auto& all = settings->vault.variables;
  return std::any_of(all.begin(), all.end(), [&](const VaultVariable& one) { return one.name == name; });
}

}  // namespace dev8agent::internal::plan
