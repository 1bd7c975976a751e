// URL paths of Azure Resource Manager, and the operations that they stand for. Fixed words in a
// path are compared without regard to case, as Azure does; names are kept as sent.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/http_exchange.h"

namespace dev8agent::emulator {

// What a path leads to, whatever the method. "..." is "/subscriptions/{id}", and "ACI" the provider
// Microsoft.ContainerInstance.
enum class ArmTarget {
  kUnknown,         // a path that is not emulated
  kSubscriptions,   // /subscriptions
  kSubscription,    // ...
  kResourceGroups,  // .../resourceGroups
  kResourceGroup,   // that with /{name}
  kAllGroups,       // .../providers/ACI/containerGroups
  kGroups,          // .../resourceGroups/{name}/providers/ACI/containerGroups
  kGroup,           // that with /{name}
  kGroupAction,     // that with /start, /stop or /restart
  kGroupTags,       // that with /providers/Microsoft.Resources/tags/default
  kLogs,            // that with /containers/{name}/logs
  kTerminal,        // that with /containers/{name}/exec or /attach
  kUsages,          // .../providers/ACI/locations/{location}/usages
  kCapabilities,    // .../providers/ACI/locations/{location}/capabilities
  kOperation,       // .../providers/ACI/locations/{location}/operations/{id}
  kProvider,        // .../providers/{namespace}
  kAccounts,        // .../providers/Microsoft.Storage/storageAccounts, or that in a resource group
  kStorageAccount,  // .../resourceGroups/{name}/providers/Microsoft.Storage/storageAccounts/{name}
  kFileService,     // that with /fileServices/default
  kShares,          // of that: /shares
  kShare,           // that with /{name}
  kShareAction,     // that with /restore or /lease
  kStorageKeys,     // of a storage account: /listKeys
};

// The parts of a path; those that it does not have are empty. A path of kUnknown may have some:
// errors name them.
struct ArmPath {
  ArmTarget target = ArmTarget::kUnknown;
  std::string subscription;
  std::string resource_group;
  std::string provider;  // namespace: "Microsoft.ContainerInstance"
  std::string type;      // "containerGroups", "storageAccounts", "locations"
  std::string name;      // container group or storage account
  std::string action;    // of kGroupAction and kShareAction, in lower case; not checked to be one that exists
  std::string share;     // of Azure Files
  std::string container;
  std::string location;
  std::string operation_id;
};

// `segments` are those of Url: decoded, without empty ones. Never fails: see kUnknown.
ArmPath parse_arm_path(const std::vector<std::string>& segments);
// The name of the operation in Azure's API description, such as "ContainerGroups_CreateOrUpdate",
// and the name of the group or account. "Unknown" when the method does not fit the path.
Route arm_route(std::string_view method, const ArmPath& path);

}  // namespace dev8agent::emulator
