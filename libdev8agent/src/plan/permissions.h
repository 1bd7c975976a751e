// What the agent's identity must be allowed to do in Azure, and how each permission is tried without changing
// anything. Pure.
//
//   for (const Permission& permission : needed_permissions(settings)) {
//     send(permission.method, path_of(permission, place), permission.body);
//   }
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dev8agent/error.h"
#include "dev8agent/options.h"

namespace dev8agent::internal::plan {

// What an action is allowed on. It is also what the request is about: a container group, a location of Azure
// Container Instances, or a storage account.
enum class Scope { kResourceGroup, kSubscription, kStorageAccount };

// An action of Azure's roles, with a request that needs it and changes nothing: it is a read, names a
// container group that does not exist, or has a body that Azure refuses. Azure looks at the permission first,
// so it answers 403 AuthorizationFailed without it, and something else with it.
struct Permission {
  std::string_view action;
  Scope scope = Scope::kResourceGroup;
  std::string_view method{};
  std::string_view path{};  // below the thing that the request is about
  std::string_view body{};
  std::string_view api_version{};  // empty: that of container groups
};

// Those that operations need of Azure Resource Manager with these settings, in the order of
// examples/deploy/role.json.
std::vector<Permission> needed_permissions(const AgentSettings& settings);

// The actions on file shares that an agent without account keys needs, in the order in which the diagnosis
// tries them.
struct SharePermissions {
  std::string_view read, write, remove, restore;
};
SharePermissions share_permissions();

// Where a permission is tried.
struct Place {
  std::string resource_group, location, storage_account;
  std::string probe;  // a name for what does not exist
};
// The request's path below the subscription, percent-encoded.
std::string path_of(const Permission& permission, const Place& place);

// True when `error` says that the identity's roles lack what the request needs.
bool lacks_permission(const Error& error);
// True when the request did not come so far that Azure looked at the permission, or stands for something else
// that the settings have wrong, such as a resource group that is not there.
bool says_nothing_of_permission(const Error& error);

// A role definition as JSON, in the form that `az role definition create` takes, with these actions, sorted
// and each once. Empty without any.
std::string role_definition(std::vector<std::string> actions, const std::string& subscription_id);

}  // namespace dev8agent::internal::plan
