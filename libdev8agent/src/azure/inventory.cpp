// Inventory: reads of providers and storage accounts.
#include "azure/inventory.h"

namespace dev8agent::internal::azure {
namespace {

constexpr std::string_view kResourcesVersion = "2021-04-01";
constexpr std::string_view kStorageVersion =
    "2025-08-01";  // the first with switches of keys for each service

std::string account_path(const std::string& resource_group, const std::string& account) {
  return "/resourceGroups/" + path_segment(resource_group) + "/providers/Microsoft.Storage/storageAccounts/" +
         path_segment(account);
}

bool is_false(const json::Value* value) {
  return value != nullptr && value->boolean() == false;
}
bool is_true(const json::Value* value) {
  return value != nullptr && value->boolean() == true;
}

}  // namespace

Task<Result<std::string>> Inventory::registration(CallPtr call, std::string provider) {
  auto body = co_await read(call, "providers.get", "/providers/" + path_segment(provider), kResourcesVersion);
  if (!body.ok()) co_return body.error();
  co_return std::string(body->string_at({"registrationState"}));
}

// The keys are allowed where nothing is said. The switch of the service wins over that of the account.
Task<Result<StorageAccountSettings>> Inventory::account(CallPtr call, std::string resource_group,
                                                        std::string account) {
  auto body =
      co_await read(call, "storageAccounts.get", account_path(resource_group, account), kStorageVersion);
  if (!body.ok()) co_return body.error();
  StorageAccountSettings settings;
  const json::Value* files =
      body->find_path({"properties", "allowSharedKeyAccessForServices", "file", "enabled"});
  const json::Value* keys =
      files != nullptr ? files : body->find_path({"properties", "allowSharedKeyAccess"});
  settings.allows_keys = !is_false(keys);
  settings.has_smb_oauth = is_true(body->find_path(
      {"properties", "azureFilesIdentityBasedAuthentication", "smbOAuthSettings", "isSmbOAuthEnabled"}));
  co_return settings;
}

Task<Result<ShareRetention>> Inventory::retention(CallPtr call, std::string resource_group,
                                                  std::string account) {
  auto body = co_await read(call, "fileServices.get",
                            account_path(resource_group, account) + "/fileServices/default", kStorageVersion);
  if (!body.ok()) co_return body.error();
  ShareRetention retention;
  const json::Value* policy = body->find_path({"properties", "shareDeleteRetentionPolicy"});
  if (policy != nullptr && is_true(policy->find("enabled"))) {
    const json::Value* days = policy->find("days");
    retention.days = days != nullptr ? static_cast<int>(days->number().value_or(0)) : 0;
  }
  co_return retention;
}

Task<Status> Inventory::attempt(CallPtr call, std::string method, std::string path, std::string api_version,
                                std::string body) {
  auto answer = co_await arm_.send(call, "permission.try", std::move(method), arm_.url(path, api_version),
                                   std::move(body));
  if (!answer.ok()) co_return answer.error();
  co_return Done{};
}

Task<Result<json::Value>> Inventory::read(CallPtr call, std::string label, std::string path,
                                          std::string_view version) {
  auto answer = co_await arm_.read(call, std::move(label), "GET", arm_.url(path, version));
  if (!answer.ok()) co_return answer.error();
  co_return std::move(answer->body);
}

}  // namespace dev8agent::internal::azure
