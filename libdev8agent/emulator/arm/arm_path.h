// What a method and path of Azure Resource Manager mean. Fixed words match without regard to case, as in
// Azure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/http_exchange.h"

namespace dev8agent::emulator {

enum class ArmTarget {
  kUnknown,
  kSubscription,
  kResourceGroup,
  kAllGroups,  // of the subscription
  kGroups,     // of the resource group
  kGroup,
  kGroupAction,
  kLogs,
  kUsages,
  kCapabilities,
  kOperation,
  kStorageKeys,
};

struct ArmPath {
  ArmTarget target = ArmTarget::kUnknown;
  std::string subscription;
  std::string resource_group;
  std::string provider;  // namespace
  std::string type;      // "containerGroups", "storageAccounts", "locations"
  std::string name;      // container group or storage account
  std::string action;    // "start", "stop", "restart"
  std::string container;
  std::string location;
  std::string operation_id;
};

ArmPath parse_arm_path(const std::vector<std::string>& segments);
Route arm_route(std::string_view method, const ArmPath& path);

}  // namespace dev8agent::emulator
