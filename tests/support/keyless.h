// An Azure whose storage accounts forbid their keys, the settings of an agent there, and a subnet.
#pragma once

#include <string>

#include "dev8agent/emulator.h"
#include "dev8agent/options.h"

namespace dev8agent::test {

inline const std::string kMountIdentity =
    "/subscriptions/33333333-3333-4333-8333-333333333333/resourceGroups/dev8-emulator/providers/"
    "Microsoft.ManagedIdentity/userAssignedIdentities/workspaces";
inline const std::string kMountClientId = "44444444-4444-4444-8444-444444444444";
inline const std::string kSubnet =
    "/subscriptions/33333333-3333-4333-8333-333333333333/resourceGroups/dev8-emulator/providers/"
    "Microsoft.Network/virtualNetworks/office/subnets/workspaces";
inline const std::string kKeySecretUri = "https://vault.vault.azure.net/secrets/storage-key";

// Variables of every workspace whose values are in that vault: "canary-NAME".
inline const VaultVariable kVaultToken{"TEAM_TOKEN", "https://vault.vault.azure.net/secrets/team-token"};
inline const VaultVariable kVaultLicence{
    "LICENCE", "https://vault.vault.azure.net/secrets/licence/0123456789abcdef0123456789abcdef"};
inline const std::string kCertificateUri = "https://vault.vault.azure.net/secrets/certificate";
inline const std::string kCertificateKeyUri = "https://vault.vault.azure.net/secrets/certificate-key";

// `azure` with that identity and a vault that has the key of the first account. The accounts allow mounts by
// identity, and their keys only with `keys`.
inline emulator::EmulatorOptions with_identities(emulator::EmulatorOptions azure, bool keys) {
  azure.identities = {{kMountIdentity, kMountClientId}};
  for (emulator::StorageAccount& account : azure.storage_accounts) {
    account.shared_key_access = keys;
    account.smb_oauth = true;
  }
  azure.vault_secrets[kKeySecretUri] = azure.storage_accounts.front().key1;
  for (const VaultVariable& one : {kVaultToken, kVaultLicence})
    azure.vault_secrets[one.uri] = "canary-" + one.name;
  azure.vault_secrets[kCertificateUri] = "canary-certificate";
  azure.vault_secrets[kCertificateKeyUri] = "canary-certificate-key";
  return azure;
}

// Both variables, read as that identity.
inline VaultOptions vault_variables() {
  VaultOptions vault;
  vault.variables = {kVaultToken, kVaultLicence};
  vault.identity = kMountIdentity;
  return vault;
}

// The words are those of AZURE_STORAGE_AUTH and AZURE_MOUNT_AUTH.
inline StorageAccessOptions access_by(const std::string& auth, const std::string& mount) {
  StorageAccessOptions access;
  access.auth = parse_storage_auth(auth).value();
  access.mount = parse_mount_auth(mount).value();
  if (mount != "key") access.mount_identity = kMountIdentity;
  if (mount == "identity") access.mount_identity_client_id = kMountClientId;
  if (mount == "keyvault") access.secret_uri = kKeySecretUri;
  return access;
}

}  // namespace dev8agent::test
