// Paths of Azure Resource Manager: see arm_path.h. Operation names are those of the specifications.
#include "arm/arm_path.h"

#include <array>

#include "core/strings.h"

namespace dev8agent::emulator {
namespace {

using Segments = std::vector<std::string>;

bool is(const Segments& segments, std::size_t index, std::string_view word) {
  return index < segments.size() && same_name(segments[index], word);
}

// After /providers/{namespace} below the subscription: `at` is the index of the type.
void parse_subscription_level(const Segments& s, std::size_t at, ArmPath& path) {
  if (same_name(path.type, "containerGroups") && s.size() == at + 1) path.target = ArmTarget::kAllGroups;
  if (!same_name(path.type, "locations") || s.size() < at + 3) return;
  path.location = s[at + 1];
  if (is(s, at + 2, "usages") && s.size() == at + 3) path.target = ArmTarget::kUsages;
  if (is(s, at + 2, "capabilities") && s.size() == at + 3) path.target = ArmTarget::kCapabilities;
  if (is(s, at + 2, "operations") && s.size() == at + 4) {
    path.target = ArmTarget::kOperation;
    path.operation_id = s[at + 3];
  }
}

void parse_group_level(const Segments& s, std::size_t at, ArmPath& path) {
  if (s.size() == at + 1) path.target = ArmTarget::kGroups;
  if (s.size() > at + 1) path.name = s[at + 1];
  if (s.size() == at + 2) path.target = ArmTarget::kGroup;
  if (s.size() == at + 3) {
    path.action = lower(s[at + 2]);
    path.target = ArmTarget::kGroupAction;
  }
  if (s.size() == at + 6 && is(s, at + 2, "providers") && is(s, at + 3, "Microsoft.Resources") &&
      is(s, at + 4, "tags") && is(s, at + 5, "default")) {
    path.provider = s[at + 3];
    path.target = ArmTarget::kGroupTags;
  }
  if (s.size() == at + 5 && is(s, at + 2, "containers") && is(s, at + 4, "logs")) {
    path.container = s[at + 3];
    path.target = ArmTarget::kLogs;
  }
  if (s.size() == at + 5 && is(s, at + 2, "containers") &&
      (is(s, at + 4, "exec") || is(s, at + 4, "attach"))) {
    path.container = s[at + 3];
    path.action = lower(s[at + 4]);
    path.target = ArmTarget::kTerminal;
  }
}

void parse_account_level(const Segments& s, std::size_t at, ArmPath& path) {
  if (s.size() == at + 1) path.target = ArmTarget::kAccounts;
  if (s.size() > at + 1) path.name = s[at + 1];
  if (s.size() == at + 2) path.target = ArmTarget::kStorageAccount;
  if (s.size() == at + 3 && is(s, at + 2, "listKeys")) path.target = ArmTarget::kStorageKeys;
  if (!is(s, at + 2, "fileServices") || !is(s, at + 3, "default")) return;
  if (s.size() == at + 4) path.target = ArmTarget::kFileService;
  if (!is(s, at + 4, "shares")) return;
  if (s.size() == at + 5) path.target = ArmTarget::kShares;
  if (s.size() > at + 5) path.share = s[at + 5];
  if (s.size() == at + 6) path.target = ArmTarget::kShare;
  if (s.size() == at + 7) {
    path.action = lower(s[at + 6]);
    path.target = ArmTarget::kShareAction;
  }
}

// After /providers/{namespace} below a resource group.
void parse_resource_level(const Segments& s, std::size_t at, ArmPath& path) {
  if (same_name(path.provider, "Microsoft.ContainerInstance") && same_name(path.type, "containerGroups")) {
    parse_group_level(s, at, path);
  }
  if (same_name(path.provider, "Microsoft.Storage") && same_name(path.type, "storageAccounts"))
    parse_account_level(s, at, path);
}

std::string group_operation(std::string_view method) {
  if (method == "PUT") return "ContainerGroups_CreateOrUpdate";
  if (method == "GET") return "ContainerGroups_Get";
  if (method == "PATCH") return "ContainerGroups_Update";
  if (method == "DELETE") return "ContainerGroups_Delete";
  return "Unknown";
}

std::string share_operation(std::string_view method, const ArmPath& path) {
  if (path.target == ArmTarget::kShareAction)
    return method != "POST"           ? "Unknown"
           : path.action == "restore" ? "FileShares_Restore"
           : path.action == "lease"   ? "FileShares_Lease"
                                      : "Unknown";
  if (method == "PUT") return "FileShares_Create";
  if (method == "GET") return "FileShares_Get";
  if (method == "PATCH") return "FileShares_Update";
  if (method == "DELETE") return "FileShares_Delete";
  return "Unknown";
}

std::string action_operation(std::string_view method, std::string_view action) {
  if (method != "POST") return "Unknown";
  if (action == "start") return "ContainerGroups_Start";
  if (action == "stop") return "ContainerGroups_Stop";
  if (action == "restart") return "ContainerGroups_Restart";
  return "Unknown";
}

std::string terminal_operation(std::string_view method, std::string_view action) {
  if (method != "POST") return "Unknown";
  return action == "exec" ? "Containers_ExecuteCommand" : "Containers_Attach";
}

std::string read_operation(std::string_view method, ArmTarget target) {
  if (method == "HEAD" && target == ArmTarget::kResourceGroup) return "ResourceGroups_CheckExistence";
  if (method != "GET") return "Unknown";
  switch (target) {
    case ArmTarget::kSubscriptions:
      return "Subscriptions_List";
    case ArmTarget::kSubscription:
      return "Subscriptions_Get";
    case ArmTarget::kResourceGroups:
      return "ResourceGroups_List";
    case ArmTarget::kResourceGroup:
      return "ResourceGroups_Get";
    case ArmTarget::kAllGroups:
      return "ContainerGroups_List";
    case ArmTarget::kGroups:
      return "ContainerGroups_ListByResourceGroup";
    case ArmTarget::kLogs:
      return "Containers_ListLogs";
    case ArmTarget::kUsages:
      return "Location_ListUsage";
    case ArmTarget::kCapabilities:
      return "Location_ListCapabilities";
    case ArmTarget::kOperation:
      return "Operations_Get";
    case ArmTarget::kProvider:
      return "Providers_Get";
    case ArmTarget::kAccounts:
      return "StorageAccounts_List";
    case ArmTarget::kStorageAccount:
      return "StorageAccounts_GetProperties";
    case ArmTarget::kFileService:
      return "FileServices_GetServiceProperties";
    case ArmTarget::kShares:
      return "FileShares_List";
    default:
      return "Unknown";
  }
}

}  // namespace

ArmPath parse_arm_path(const Segments& s) {
  ArmPath path;
  if (!is(s, 0, "subscriptions")) return path;
  if (s.size() == 1) {
    path.target = ArmTarget::kSubscriptions;
    return path;
  }
  path.subscription = s[1];
  if (s.size() == 2) path.target = ArmTarget::kSubscription;
  if (s.size() == 3 && is(s, 2, "resourceGroups")) path.target = ArmTarget::kResourceGroups;
  std::size_t at = 2;
  if (is(s, 2, "resourceGroups") && s.size() > 3) {
    path.resource_group = s[3];
    if (s.size() == 4) path.target = ArmTarget::kResourceGroup;
    at = 4;
  }
  if (!is(s, at, "providers") || s.size() < at + 2) return path;
  path.provider = s[at + 1];
  if (at == 2 && s.size() == 4) path.target = ArmTarget::kProvider;
  if (s.size() < at + 3) return path;
  path.type = s[at + 2];
  if (at == 4) {
    parse_resource_level(s, at + 2, path);
  } else if (same_name(path.provider, "Microsoft.ContainerInstance")) {
    parse_subscription_level(s, at + 2, path);
  } else if (same_name(path.provider, "Microsoft.Storage") && same_name(path.type, "storageAccounts") &&
             s.size() == at + 3) {
    path.target = ArmTarget::kAccounts;
  }
  return path;
}

Route arm_route(std::string_view method, const ArmPath& path) {
  Route route;
  route.resource = path.name;
  switch (path.target) {
    case ArmTarget::kGroup:
      route.operation = group_operation(method);
      break;
    case ArmTarget::kGroupAction:
      route.operation = action_operation(method, path.action);
      break;
    case ArmTarget::kTerminal:
      route.operation = terminal_operation(method, path.action);
      break;
    case ArmTarget::kShare:
    case ArmTarget::kShareAction:
      route.operation = share_operation(method, path);
      route.resource = path.share;
      break;
    case ArmTarget::kGroupTags:
      route.operation = method == "PATCH" ? "Tags_UpdateAtScope" : "Unknown";
      break;
    case ArmTarget::kFileService:
      route.operation =
          method == "PUT" ? "FileServices_SetServiceProperties" : read_operation(method, path.target);
      break;
    case ArmTarget::kStorageKeys:
      route.operation = method == "POST" ? "StorageAccounts_ListKeys" : "Unknown";
      break;
    default:
      route.operation = read_operation(method, path.target);
  }
  return route;
}

}  // namespace dev8agent::emulator
