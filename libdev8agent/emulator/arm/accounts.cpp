// The resources of storage accounts, and the providers' registrations.
#include "arm/resource_manager.h"
#include "core/json.h"
#include "core/strings.h"

namespace dev8agent::emulator {

using json::Value;

namespace {

constexpr std::string_view kSmbOAuthSince = "2025-01-01";  // API version; versions are compared as words

ArmReply no_such_account(const ArmPath& path) {
  return arm_error({404, "ResourceNotFound",
                    "The Resource 'Microsoft.Storage/storageAccounts/" + path.name +
                        "' under resource group '" + path.resource_group + "' was not found."},
                   "gateway");
}

std::string id_of(const ArmPath& path) {
  return "/subscriptions/" + path.subscription + "/resourceGroups/" + path.resource_group +
         "/providers/Microsoft.Storage/storageAccounts/" + path.name;
}

Value sku() {
  return json::object({{"name", "Standard_LRS"}, {"tier", "Standard"}});
}

Value account_json(const Account& account, std::string id, const std::string& location,
                   std::string_view version) {
  Value properties = json::object(
      {{"provisioningState", "Succeeded"}, {"allowSharedKeyAccess", account.settings.shared_key_access}});
  if (version >= kSmbOAuthSince) {
    properties.set("azureFilesIdentityBasedAuthentication",
                   json::object({{"directoryServiceOptions", "None"},
                                 {"smbOAuthSettings",
                                  json::object({{"isSmbOAuthEnabled", account.settings.smb_oauth}})}}));
  }
  return json::object({{"id", std::move(id)},
                       {"name", account.settings.name},
                       {"type", "Microsoft.Storage/storageAccounts"},
                       {"location", location},
                       {"kind", "StorageV2"},
                       {"sku", sku()},
                       {"properties", std::move(properties)}});
}

// How many days a retention policy keeps shares, 0 when it is off. Source: Microsoft.Storage,
// DeleteRetentionPolicy: 1 to 365.
std::optional<int> days_of(const Value& policy) {
  constexpr std::int64_t kMost = 365;
  const Value* enabled = policy.find("enabled");
  if (enabled == nullptr || !enabled->boolean()) return std::nullopt;
  if (!*enabled->boolean()) return 0;
  const Value* days = policy.find("days");
  const auto number = days == nullptr ? std::nullopt : days->integer();
  if (!number || *number < 1 || *number > kMost) return std::nullopt;
  return static_cast<int>(*number);
}

}  // namespace

Account* ResourceManager::account_at(const ArmPath& path) const {
  Account* account = storage_.account(path.name);
  return account && same_name(account->settings.resource_group, path.resource_group) ? account : nullptr;
}

ArmReply ResourceManager::storage_account(const ArmPath& path, const Exchange& exchange) const {
  const Account* account = account_at(path);
  if (!account) return no_such_account(path);
  ArmReply reply;
  reply.body = json::write(account_json(*account, id_of(path), options_.locations.front(),
                                        exchange.url.parameter("api-version").value_or("")));
  return reply;
}

ArmReply ResourceManager::storage_accounts(const ArmPath& path, const Exchange& exchange) const {
  Value accounts{Value::Array()};
  for (const auto& [name, account] : storage_.accounts()) {
    ArmPath at = path;
    at.name = account.settings.name;
    at.resource_group = account.settings.resource_group;
    if (!path.resource_group.empty() && !same_name(path.resource_group, at.resource_group)) continue;
    accounts.push(account_json(account, id_of(at), options_.locations.front(),
                               exchange.url.parameter("api-version").value_or("")));
  }
  ArmReply reply;
  reply.body = json::write(json::object({{"value", std::move(accounts)}}));
  return reply;
}

ArmReply ResourceManager::file_service(const ArmPath& path) const {
  const Account* account = account_at(path);
  if (!account) return no_such_account(path);
  const int days = account->settings.retention_days;
  Value policy = json::object({{"enabled", days > 0}});
  if (days > 0) policy.set("days", days);
  ArmReply reply;
  reply.body = json::write(
      json::object({{"id", id_of(path) + "/fileServices/default"},
                    {"name", "default"},
                    {"type", "Microsoft.Storage/storageAccounts/fileServices"},
                    {"sku", sku()},
                    {"properties", json::object({{"shareDeleteRetentionPolicy", std::move(policy)}})}}));
  return reply;
}

ArmReply ResourceManager::set_file_service(const ArmPath& path, const Exchange& exchange) {
  Account* account = account_at(path);
  if (!account) return no_such_account(path);
  const auto body = json::parse(exchange.http.body);
  if (!body.ok() || !body->is_object())
    return arm_error({400, "InvalidRequestContent", "The body is not a JSON object."});
  const Value* policy = body->find_path({"properties", "shareDeleteRetentionPolicy"});
  if (policy == nullptr) return file_service(path);
  const auto days = days_of(*policy);
  if (!days) {
    return arm_error(
        {400, "InvalidRequestContent", "The value of property 'shareDeleteRetentionPolicy' is not valid."});
  }
  account->settings.retention_days = *days;
  return file_service(path);
}

ArmReply ResourceManager::share_operation(const ArmPath& path, const Exchange& exchange) {
  Account* account = account_at(path);
  if (!account) return no_such_account(path);
  return shares_.handle(path, exchange, *account);
}

// POST listKeys, as in the description of Microsoft.Storage.
ArmReply ResourceManager::storage_keys(const ArmPath& path, const Exchange& exchange) const {
  const Account* account = account_at(path);
  if (!account) return no_such_account(path);
  Value keys{Value::Array()};
  const std::string created = rfc3339(exchange.moment.wall - std::chrono::hours(24), 7);
  for (const auto& [name, value] :
       {std::pair("key1", account->settings.key1), {"key2", account->settings.key2}}) {
    keys.push(json::object(
        {{"creationTime", created}, {"keyName", name}, {"value", value}, {"permissions", "FULL"}}));
  }
  ArmReply reply;
  reply.body = json::write(json::object({{"keys", std::move(keys)}}));
  return reply;
}

bool ResourceManager::registered(std::string_view provider) const {
  for (const std::string& name : options_.unregistered_providers) {
    if (same_name(name, provider)) return false;
  }
  return true;
}

ArmReply ResourceManager::provider(const ArmPath& path) const {
  ArmReply reply;
  reply.body = json::write(
      json::object({{"id", "/subscriptions/" + options_.subscription_id + "/providers/" + path.provider},
                    {"namespace", path.provider},
                    {"registrationPolicy", "RegistrationRequired"},
                    {"registrationState", registered(path.provider) ? "Registered" : "NotRegistered"}}));
  return reply;
}

}  // namespace dev8agent::emulator
