// The table of permissions.
#include "plan/permissions.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace dev8agent::internal::plan {
namespace {

// The container of a workspace, whose log nobody has.
constexpr std::string_view kLogs = "/containers/workspace/logs";
// The id of no operation.
constexpr std::string_view kOperation = "/operations/00000000-0000-4000-8000-000000000000";
constexpr std::string_view kTags = "/providers/Microsoft.Resources/tags/default";

// A PUT without a location is refused with 400. A merge of no tags finds no group to change, so it is refused
// with 404.
constexpr std::array kPermissions = {
    Permission{"Microsoft.ContainerInstance/containerGroups/read", Scope::kResourceGroup, "GET"},
    Permission{"Microsoft.ContainerInstance/containerGroups/write", Scope::kResourceGroup, "PUT", "", "{}"},
    Permission{"Microsoft.ContainerInstance/containerGroups/delete", Scope::kResourceGroup, "DELETE"},
    Permission{"Microsoft.ContainerInstance/containerGroups/start/action", Scope::kResourceGroup, "POST",
               "/start"},
    Permission{"Microsoft.ContainerInstance/containerGroups/stop/action", Scope::kResourceGroup, "POST",
               "/stop"},
    Permission{"Microsoft.ContainerInstance/containerGroups/restart/action", Scope::kResourceGroup, "POST",
               "/restart"},
    Permission{"Microsoft.ContainerInstance/containerGroups/containers/logs/read", Scope::kResourceGroup,
               "GET", kLogs},
    Permission{"Microsoft.ContainerInstance/locations/operations/read", Scope::kSubscription, "GET",
               kOperation, "", "", true},
    Permission{"Microsoft.ContainerInstance/locations/usages/read", Scope::kSubscription, "GET", "/usages",
               "", "", true},
    Permission{"Microsoft.ContainerInstance/locations/capabilities/read", Scope::kSubscription, "GET",
               "/capabilities", "", "", true},
    Permission{"Microsoft.Resources/tags/write", Scope::kResourceGroup, "PATCH", kTags,
               R"({"operation":"Merge","properties":{"tags":{}}})", "2021-04-01", true},
    Permission{"Microsoft.Storage/storageAccounts/listKeys/action", Scope::kStorageAccount, "POST",
               "/listKeys", "", "2023-05-01"},
};

constexpr SharePermissions kSharePermissions = {
    "Microsoft.Storage/storageAccounts/fileServices/shares/read",
    "Microsoft.Storage/storageAccounts/fileServices/shares/write",
    "Microsoft.Storage/storageAccounts/fileServices/shares/delete",
    "Microsoft.Storage/storageAccounts/fileServices/shares/restore/action"};

// Azure's keys are asked for where one is used and the settings do not bring it for every region.
bool asks_for_keys(const AgentSettings& settings) {
  const StorageAccessOptions& access = settings->storage_access;
  if (access.auth != StorageAuth::kKey && access.mount != MountAuth::kKey) return false;
  return std::any_of(settings->regions.begin(), settings->regions.end(), [](const RegionOptions& region) {
    return region.enabled && region.storage_key.empty();
  });
}

std::string below_group(const std::string& resource_group, std::string_view rest) {
  return "/resourceGroups/" + percent_encode(resource_group) + "/providers/" + std::string(rest);
}

}  // namespace

std::vector<Permission> needed_permissions(const AgentSettings& settings) {
  std::vector<Permission> needed(kPermissions.begin(), kPermissions.end());
  if (!asks_for_keys(settings))
    std::erase_if(needed, [](const Permission& one) { return one.scope == Scope::kStorageAccount; });
  return needed;
}

std::vector<std::string_view> untried_actions(const AgentSettings& settings) {
  std::vector<std::string_view> actions;
  if (settings->storage_access.mount != MountAuth::kKey || !settings->registry.identity.empty() ||
      !settings->vault.identity.empty())
    actions.push_back("Microsoft.ManagedIdentity/userAssignedIdentities/assign/action");
  if (!settings->subnet_id.empty())
    actions.push_back("Microsoft.Network/virtualNetworks/subnets/join/action");
  const StorageAuth auth = settings->storage_access.auth;
  // The second one because the requests say "x-ms-file-request-intent: backup".
  if (auth == StorageAuth::kEntra || auth == StorageAuth::kAuto) {
    actions.push_back("Microsoft.Storage/storageAccounts/fileServices/fileShares/files/read");
    actions.push_back("Microsoft.Storage/storageAccounts/fileServices/readFileBackupSemantics/action");
  }
  return actions;
}

std::string_view retention_action() {
  return "Microsoft.Storage/storageAccounts/fileServices/read";
}

SharePermissions share_permissions() {
  return kSharePermissions;
}

std::string path_of(const Permission& permission, const Place& place) {
  std::string path;
  switch (permission.scope) {
    case Scope::kResourceGroup:
      path = below_group(place.resource_group, "Microsoft.ContainerInstance/containerGroups/") +
             percent_encode(place.probe);
      break;
    case Scope::kSubscription:
      path = "/providers/Microsoft.ContainerInstance/locations/" + percent_encode(place.location);
      break;
    case Scope::kStorageAccount:
      path = below_group(place.resource_group, "Microsoft.Storage/storageAccounts/") +
             percent_encode(place.storage_account);
      break;
  }
  return path + std::string(permission.path);
}

// The words of Azure Resource Manager and, without account keys, that of Azure Files.
Told told_by(const Error& error) {
  constexpr std::array<std::string_view, 3> kLack = {"AuthorizationFailed", "LinkedAuthorizationFailed",
                                                     "AuthorizationPermissionMismatch"};
  constexpr std::array<std::string_view, 3> kElsewhere = {"SubscriptionNotFound", "ResourceGroupNotFound",
                                                          "MissingSubscriptionRegistration"};
  const auto is_one_of = [&](const auto& codes) {
    return std::any_of(codes.begin(), codes.end(),
                       [&](std::string_view code) { return equal_ignoring_case(code, error.azure_code); });
  };
  // An answer without a code comes from something in between (azure/errors.h).
  if (error.azure_code.empty() || is_one_of(kElsewhere)) return Told::kNothing;
  if (error.azure_status == 403) return is_one_of(kLack) ? Told::kLacking : Told::kBlocked;
  if (equal_ignoring_case(error.azure_code, "ScopeLocked")) return Told::kBlocked;
  const bool of_the_probe =
      error.azure_status == 400 || error.azure_status == 404 || error.azure_status == 409;
  return of_the_probe ? Told::kAllowed : Told::kNothing;
}

std::string role_definition(std::vector<std::string> actions, const std::string& subscription_id) {
  if (actions.empty()) return "";
  std::sort(actions.begin(), actions.end());
  actions.erase(std::unique(actions.begin(), actions.end()), actions.end());
  std::string list;
  for (const std::string& action : actions) list += (list.empty() ? "\n    \"" : ",\n    \"") + action + "\"";
  return "{\n  \"Name\": \"dev8 agent, missing actions\",\n  \"IsCustom\": true,\n"
         "  \"Description\": \"What the agent's roles lacked.\",\n  \"Actions\": [" +
         list +
         "\n  ],\n  \"NotActions\": [],\n  \"DataActions\": [],\n  \"NotDataActions\": [],\n"
         "  \"AssignableScopes\": [\"/subscriptions/" +
         subscription_id + "\"]\n}\n";
}

}  // namespace dev8agent::internal::plan
