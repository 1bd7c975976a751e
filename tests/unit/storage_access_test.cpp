// Which combinations of ways to storage and registry are accepted, and what is said of the others.
#include <doctest/doctest.h>

#include "support/keyless.h"
#include "support/test_variables.h"

using namespace dev8agent;
using namespace dev8agent::test;

namespace {

const Variables kIdentityMount = {{"AZURE_MOUNT_AUTH", "identity"},
                                  {"AZURE_MOUNT_IDENTITY", kMountIdentity},
                                  {"AZURE_MOUNT_IDENTITY_CLIENT_ID", kMountClientId}};
const Variables kVaultMount = {{"AZURE_MOUNT_AUTH", "keyvault"},
                               {"AZURE_MOUNT_IDENTITY", kMountIdentity},
                               {"AZURE_STORAGE_SECRET_URI", kKeySecretUri}};

// What is wrong with `some`, in which `change` replaces values; an empty one is not set.
std::string wrong(Variables some, const Variables& change = {}) {
  for (const auto& [name, value] : change) some[name] = value;
  return wrong_fields(variables(some));
}

}  // namespace

TEST_CASE("storage access: the ways that Azure has") {
  CHECK(wrong({}) == "");
  CHECK(wrong(kIdentityMount) == "");
  CHECK(wrong(kVaultMount) == "");
  for (const char* auth : {"key", "entra", "arm", "auto"})
    CHECK(wrong(kIdentityMount, {{"AZURE_STORAGE_AUTH", auth}}) == "");
  CHECK(wrong({{"REGISTRY_IDENTITY", kMountIdentity}, {"REGISTRY_SERVER", "team.azurecr.io"}}) == "");
  CHECK(wrong({{"REGISTRY_IDENTITY", kMountIdentity}, {"AZURE_CONTAINER_REGISTRY", "team"}}) == "");
  CHECK(wrong({{"REGISTRY_IDENTITY", kMountIdentity}}) == "REGISTRY_IDENTITY ");
}

TEST_CASE("storage access: the API version is the oldest that has the mount, or is refused by name") {
  const auto version = [](const Variables& some) {
    const auto settings = settings_of(variables(some));
    REQUIRE(settings.ok());
    return (*settings)->aci_api_version;
  };
  CHECK(version({}) == "2025-09-01");
  CHECK(version(kVaultMount) == "2025-09-01");
  CHECK(version(kIdentityMount) == "2026-07-01");
  CHECK(wrong(kIdentityMount, {{"AZURE_ACI_API_VERSION", "2026-08-01-preview"}}) == "");
  CHECK(wrong(kIdentityMount, {{"AZURE_ACI_API_VERSION", "2025-09-01"}}) == "AZURE_ACI_API_VERSION ");
  CHECK(wrong(kVaultMount, {{"AZURE_ACI_API_VERSION", "2023-05-01"}}) == "AZURE_ACI_API_VERSION ");
}

TEST_CASE("storage access: what does not fit is named") {
  CHECK(wrong({{"AZURE_STORAGE_AUTH", "sas"}}) == "AZURE_STORAGE_AUTH ");
  CHECK(wrong({{"AZURE_MOUNT_AUTH", "nfs"}}) == "AZURE_MOUNT_AUTH ");
  CHECK(wrong(kIdentityMount, {{"AZURE_MOUNT_IDENTITY", ""}}) == "AZURE_MOUNT_IDENTITY ");
  for (const char* id :
       {"workspaces", "/subscriptions/x/userAssignedIdentities/y",
        "/subscriptions/s/resourceGroups/r/providers/Microsoft.ManagedIdentity/userAssignedIdentities/"}) {
    CAPTURE(id);
    CHECK(wrong(kIdentityMount, {{"AZURE_MOUNT_IDENTITY", id}}) == "AZURE_MOUNT_IDENTITY ");
    CHECK(wrong({{"REGISTRY_IDENTITY", id}, {"REGISTRY_SERVER", "team.azurecr.io"}}) == "REGISTRY_IDENTITY ");
  }
  CHECK(wrong(kIdentityMount, {{"AZURE_MOUNT_IDENTITY_CLIENT_ID", "me"}}) ==
        "AZURE_MOUNT_IDENTITY_CLIENT_ID ");
  CHECK(wrong(kIdentityMount, {{"AZURE_STORAGE_SECRET_URI", kKeySecretUri}}) == "AZURE_STORAGE_SECRET_URI ");
  for (const char* uri : {"", "http://vault/secrets/key", "https://vault/keys/key", "https://vault/secrets/",
                          "https://vault/secrets/key?x=y"}) {
    CAPTURE(uri);
    CHECK(wrong(kVaultMount, {{"AZURE_STORAGE_SECRET_URI", uri}}) == "AZURE_STORAGE_SECRET_URI ");
  }
  const std::string two = "eastus:eastus:true,westeurope:westeurope:";
  CHECK(wrong(kVaultMount, {{"AZURE_REGIONS", two + "true::dev8west"}}) == "AZURE_STORAGE_SECRET_URI ");
  CHECK(wrong(kVaultMount, {{"AZURE_REGIONS", two + "true"}}) == "");
  CHECK(wrong(kVaultMount, {{"AZURE_REGIONS", two + "false::dev8west"}}) == "");
  CHECK(wrong(kVaultMount, {{"AZURE_MOUNT_IDENTITY_CLIENT_ID", kMountClientId}}) ==
        "AZURE_MOUNT_IDENTITY_CLIENT_ID ");
  CHECK(wrong({{"AZURE_MOUNT_IDENTITY", kMountIdentity}}) == "AZURE_MOUNT_IDENTITY ");
  CHECK(wrong({{"REGISTRY_IDENTITY", kMountIdentity},
               {"REGISTRY_SERVER", "team.azurecr.io"},
               {"REGISTRY_USERNAME", "u"},
               {"REGISTRY_PASSWORD", "p"}}) == "REGISTRY_IDENTITY ");
}

TEST_CASE("subnet: its ARM id, for regions at one location") {
  CHECK(wrong({{"AZURE_SUBNET_ID", kSubnet}}) == "");
  for (const char* id :
       {"workspaces", "/subscriptions/s/resourceGroups/r/providers/Microsoft.Network/subnets/x",
        "/subscriptions/s/resourceGroups/r/providers/Microsoft.Network/virtualNetworks/v/subnets/"}) {
    CAPTURE(id);
    CHECK(wrong({{"AZURE_SUBNET_ID", id}}) == "AZURE_SUBNET_ID ");
  }
  const std::string two = "eastus:eastus:true,westeurope:westeurope:";
  CHECK(wrong({{"AZURE_SUBNET_ID", kSubnet}, {"AZURE_REGIONS", two + "true"}}) == "AZURE_SUBNET_ID ");
  CHECK(wrong({{"AZURE_SUBNET_ID", kSubnet}, {"AZURE_REGIONS", two + "false"}}) == "");
}
