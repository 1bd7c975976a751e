// The table of actions.
#include "arm/actions.h"

#include <array>

namespace dev8agent::emulator {
namespace {

struct Row {
  std::string_view operation, action;
};

constexpr std::array kActions = {
    Row{"Subscriptions_Get", "Microsoft.Resources/subscriptions/read"},
    Row{"ResourceGroups_CheckExistence", "Microsoft.Resources/subscriptions/resourceGroups/read"},
    Row{"ResourceGroups_List", "Microsoft.Resources/subscriptions/resourceGroups/read"},
    Row{"ResourceGroups_Get", "Microsoft.Resources/subscriptions/resourceGroups/read"},
    Row{"Providers_Get", "Microsoft.Resources/subscriptions/providers/read"},
    Row{"ContainerGroups_CreateOrUpdate", "Microsoft.ContainerInstance/containerGroups/write"},
    Row{"ContainerGroups_Update", "Microsoft.ContainerInstance/containerGroups/write"},
    Row{"ContainerGroups_Get", "Microsoft.ContainerInstance/containerGroups/read"},
    Row{"ContainerGroups_List", "Microsoft.ContainerInstance/containerGroups/read"},
    Row{"ContainerGroups_ListByResourceGroup", "Microsoft.ContainerInstance/containerGroups/read"},
    Row{"ContainerGroups_Delete", "Microsoft.ContainerInstance/containerGroups/delete"},
    Row{"ContainerGroups_Start", "Microsoft.ContainerInstance/containerGroups/start/action"},
    Row{"ContainerGroups_Stop", "Microsoft.ContainerInstance/containerGroups/stop/action"},
    Row{"ContainerGroups_Restart", "Microsoft.ContainerInstance/containerGroups/restart/action"},
    Row{"Containers_ListLogs", "Microsoft.ContainerInstance/containerGroups/containers/logs/read"},
    Row{"Containers_ExecuteCommand", "Microsoft.ContainerInstance/containerGroups/containers/exec/action"},
    Row{"Containers_Attach", "Microsoft.ContainerInstance/containerGroups/containers/attach/action"},
    Row{"Tags_UpdateAtScope", "Microsoft.Resources/tags/write"},
    Row{"Location_ListUsage", "Microsoft.ContainerInstance/locations/usages/read"},
    Row{"Location_ListCapabilities", "Microsoft.ContainerInstance/locations/capabilities/read"},
    Row{"Operations_Get", "Microsoft.ContainerInstance/locations/operations/read"},
    Row{"StorageAccounts_List", "Microsoft.Storage/storageAccounts/read"},
    Row{"StorageAccounts_GetProperties", "Microsoft.Storage/storageAccounts/read"},
    Row{"FileServices_GetServiceProperties", "Microsoft.Storage/storageAccounts/fileServices/read"},
    Row{"FileServices_SetServiceProperties", "Microsoft.Storage/storageAccounts/fileServices/write"},
    Row{"FileShares_List", "Microsoft.Storage/storageAccounts/fileServices/shares/read"},
    Row{"FileShares_Get", "Microsoft.Storage/storageAccounts/fileServices/shares/read"},
    Row{"FileShares_Create", "Microsoft.Storage/storageAccounts/fileServices/shares/write"},
    Row{"FileShares_Update", "Microsoft.Storage/storageAccounts/fileServices/shares/write"},
    Row{"FileShares_Delete", "Microsoft.Storage/storageAccounts/fileServices/shares/delete"},
    Row{"FileShares_Restore", "Microsoft.Storage/storageAccounts/fileServices/shares/restore/action"},
    Row{"FileShares_Lease", "Microsoft.Storage/storageAccounts/fileServices/shares/lease/action"},
    Row{"StorageAccounts_ListKeys", "Microsoft.Storage/storageAccounts/listKeys/action"},
};

}  // namespace

std::string_view action_of(std::string_view operation) {
  for (const Row& row : kActions) {
    if (row.operation == operation) return row.action;
  }
  return "";
}

}  // namespace dev8agent::emulator
