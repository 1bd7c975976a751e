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
  bool optional = false;           // operations work without it, and tell or do less
};

// Those that operations need of Azure Resource Manager with these settings, in the order of
// examples/deploy/role.json.
std::vector<Permission> needed_permissions(const AgentSettings& settings);

// Actions that no request can try without a deployment, with these settings. They are needed on identities,
// on a subnet, and on the files of shares.
std::vector<std::string_view> untried_actions(const AgentSettings& settings);

// Shows whether the storage account keeps deleted shares. A delete asks for it where its request wants the
// files to be restorable (DeleteRequest::snapshot); other operations do not need it.
std::string_view retention_action();

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

// What the answer to such a request tells of the permission.
enum class Told {
  kAllowed,  // 400, 404 or 409 because of what the request names
  kLacking,  // the identity's roles do not have it
  kBlocked,  // a lock, a policy, a firewall or the state of the subscription forbids it, whatever the roles
             // say
  kNothing   // Azure did not come so far, or something in between answered
};
Told told_by(const Error& error);

// A role definition as JSON, in the form that `az role definition create` takes, with these actions, sorted
// and each once. Empty without any.
std::string role_definition(std::vector<std::string> actions, const std::string& subscription_id);

}  // namespace dev8agent::internal::plan
