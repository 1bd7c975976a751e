// Inventory: what Azure Resource Manager tells of the subscription and its storage accounts beside
// environments, and single requests that show whether the agent may make them. Operations do not need it.
// Loop thread only.
//
//   auto state = co_await inventory.registration(call, "Microsoft.ContainerInstance");
//   if (state.ok() && *state != "Registered") ...
#pragma once

#include <string>
#include <string_view>

#include "azure/arm_client.h"
#include "model/storage_account.h"

namespace dev8agent::internal::azure {

class Inventory {
 public:
  // `arm` must outlive it.
  explicit Inventory(ArmClient& arm) : arm_(arm) {}

  // The registrationState of a resource provider: "Registered", "NotRegistered", "Registering", ... Source:
  // Microsoft Learn, "Providers - Get".
  Task<Result<std::string>> registration(CallPtr call, std::string provider);
  // Source: Microsoft.Storage, StorageAccounts_GetProperties.
  Task<Result<StorageAccountSettings>> account(CallPtr call, std::string resource_group, std::string account);
  // Source: Microsoft.Storage, FileServices_GetServiceProperties.
  Task<Result<ShareRetention>> retention(CallPtr call, std::string resource_group, std::string account);

  // Sends one request, below the subscription, whose answer is known to change nothing. Any status below 300
  // is a success. `body` is JSON, or empty.
  Task<Status> attempt(CallPtr call, std::string method, std::string path, std::string api_version,
                       std::string body);

 private:
  Task<Result<json::Value>> read(CallPtr call, std::string label, std::string path, std::string_view version);

  ArmClient& arm_;
};

}  // namespace dev8agent::internal::azure
