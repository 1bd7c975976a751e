// Which combinations of ways to storage Azure has, and from which API version on.
#include "config/storage_access.h"

#include <string_view>

#include "config/checks.h"
#include "config/region_rules.h"
#include "config/rule_check.h"

namespace dev8agent::internal {
namespace {

// Source: the API descriptions of Microsoft.ContainerInstance. AzureFileVolume.userAssignedIdentityClientId
// is new in 2026-07-01.
constexpr std::string_view kWithMountIdentity = "2026-07-01";

void check_mount(const AgentOptions& options, RuleCheck& check) {
  const StorageAccessOptions& access = options.storage_access;
  const bool by_identity = access.mount == MountAuth::kIdentity;
  const bool by_vault = access.mount == MountAuth::kKeyVault;
  const std::string& version = options.aci_api_version;
  if (by_identity || by_vault) {
    check(is_identity_id(access.mount_identity), "AZURE_MOUNT_IDENTITY",
          "must be the ARM id of a user-assigned identity, for AZURE_MOUNT_AUTH=identity and keyvault");
  } else {
    check(access.mount_identity.empty(), "AZURE_MOUNT_IDENTITY",
          "is used with AZURE_MOUNT_AUTH=identity or keyvault only");
  }
  check(by_identity == !access.mount_identity_client_id.empty() &&
            (!by_identity || is_guid(access.mount_identity_client_id)),
        "AZURE_MOUNT_IDENTITY_CLIENT_ID",
        "must be the client id of that identity, a GUID, with AZURE_MOUNT_AUTH=identity, and only then");
  check(by_vault == !access.secret_uri.empty() && (!by_vault || is_secret_uri(access.secret_uri)),
        "AZURE_STORAGE_SECRET_URI",
        "must be https://VAULT/secrets/NAME with AZURE_MOUNT_AUTH=keyvault, and only then");
  const bool one_account = enabled_regions_share(options.regions, &RegionOptions::storage_account);
  check(!by_vault || one_account, "AZURE_STORAGE_SECRET_URI",
        "holds the key of one storage account; enabled regions have several");
  check(!by_identity || !is_older_version(version, kWithMountIdentity), "AZURE_ACI_API_VERSION",
        "must be 2026-07-01 or newer with AZURE_MOUNT_AUTH=identity");
  check(!by_vault || !is_older_version(version, kWithSecretReferences), "AZURE_ACI_API_VERSION",
        "must be 2025-09-01 or newer with AZURE_MOUNT_AUTH=keyvault");
}

}  // namespace

void choose_api_version(AgentOptions& options) {
  if (!options.aci_api_version.empty()) return;
  options.aci_api_version =
      options.storage_access.mount == MountAuth::kIdentity ? kWithMountIdentity : kWithSecretReferences;
}

void check_storage_access(const AgentOptions& options, FieldErrors& errors) {
  RuleCheck check(errors);
  check_mount(options, check);
  const RegistryOptions& registry = options.registry;
  check(registry.identity.empty() || is_identity_id(registry.identity), "REGISTRY_IDENTITY",
        "must be the ARM id of a user-assigned identity");
  check(registry.identity.empty() || registry.username.empty(), "REGISTRY_IDENTITY",
        "takes the place of REGISTRY_USERNAME and REGISTRY_PASSWORD");
  // Docker Hub knows no identities of Azure.
  check(registry.identity.empty() || registry.server != RegistryOptions{}.server, "REGISTRY_IDENTITY",
        options.names_in_errors == OptionNames::kVariables
            ? "is for an Azure container registry: set AZURE_CONTAINER_REGISTRY or REGISTRY_SERVER"
            : "is for an Azure container registry: set REGISTRY_SERVER");
}

}  // namespace dev8agent::internal
