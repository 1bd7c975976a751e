// The front door's dispatch and the small resources: see resource_manager.h.
#include "arm/resource_manager.h"

#include "core/json.h"
#include "core/strings.h"

namespace dev8agent::emulator {

using json::Value;

namespace {

ArmReply not_allowed(std::string_view method) {
  return arm_error(
      {405, "MethodNotAllowed", "The method '" + std::string(method) + "' is not allowed for this resource."},
      "gateway");
}

Value subscription_json(const EmulatorOptions& options) {
  return json::object({{"id", "/subscriptions/" + options.subscription_id},
                       {"subscriptionId", options.subscription_id},
                       {"tenantId", options.tenant_id},
                       {"displayName", "Emulator"},
                       {"state", "Enabled"},
                       {"authorizationSource", "RoleBased"},
                       {"managedByTenants", Value{Value::Array()}}});
}

Value resource_group_json(const EmulatorOptions& options, const std::string& name) {
  return json::object({{"id", "/subscriptions/" + options.subscription_id + "/resourceGroups/" + name},
                       {"name", name},
                       {"type", "Microsoft.Resources/resourceGroups"},
                       {"location", options.locations.front()},
                       {"properties", json::object({{"provisioningState", "Succeeded"}})}});
}

}  // namespace

Route ResourceManager::route(const Exchange& exchange) {
  return arm_route(exchange.http.method, parse_arm_path(exchange.segments));
}

HttpResponse ResourceManager::handle(const Exchange& exchange) {
  const ArmPath path = parse_arm_path(exchange.segments);
  auto refusal = refuse(path, exchange);
  ArmReply reply = refusal ? std::move(*refusal) : dispatch(path, exchange);
  std::string id = reply.operation_id.empty() ? guids_.next() : reply.operation_id;
  return render(std::move(reply), exchange, std::move(id));
}

ArmReply ResourceManager::dispatch(const ArmPath& path, const Exchange& exchange) {
  if (path.target == ArmTarget::kGroup || path.target == ArmTarget::kGroupAction ||
      path.target == ArmTarget::kGroupTags) {
    return change_group(path, exchange);
  }
  if (path.target == ArmTarget::kTerminal) return terminal(path, exchange);
  const std::string operation = arm_route(exchange.http.method, path).operation;
  if (operation.starts_with("FileShares_")) return share_operation(path, exchange);
  if (operation == "FileServices_SetServiceProperties") return set_file_service(path, exchange);
  const bool posts = path.target == ArmTarget::kStorageKeys;
  const bool heads = path.target == ArmTarget::kResourceGroup && exchange.http.method == "HEAD";
  const bool shares = path.target == ArmTarget::kShare || path.target == ArmTarget::kShareAction;
  const bool fits = exchange.http.method == (posts ? "POST" : "GET") || heads;
  if (shares || !fits) return not_allowed(exchange.http.method);
  switch (path.target) {
    case ArmTarget::kSubscriptions:
      return subscriptions();
    case ArmTarget::kSubscription:
      return subscription();
    case ArmTarget::kResourceGroups:
      return resource_groups();
    case ArmTarget::kResourceGroup:
      return resource_group(path, exchange);
    case ArmTarget::kAllGroups:
    case ArmTarget::kGroups:
      return groups_.list(path, exchange);
    case ArmTarget::kLogs:
      return groups_.logs(path, exchange);
    case ArmTarget::kUsages:
      return groups_.usages(path);
    case ArmTarget::kCapabilities:
      return capabilities(path);
    case ArmTarget::kOperation:
      return groups_.poll(path, exchange);
    case ArmTarget::kProvider:
      return provider(path);
    case ArmTarget::kAccounts:
      return storage_accounts(path, exchange);
    case ArmTarget::kStorageAccount:
      return storage_account(path, exchange);
    case ArmTarget::kFileService:
      return file_service(path);
    default:
      return storage_keys(path, exchange);
  }
}

ArmReply ResourceManager::change_group(const ArmPath& path, const Exchange& exchange) {
  const std::string operation = arm_route(exchange.http.method, path).operation;
  if (operation == "ContainerGroups_CreateOrUpdate") return groups_.put(path, exchange);
  if (operation == "ContainerGroups_Get") return groups_.get(path, exchange);
  if (operation == "ContainerGroups_Update") return groups_.patch(path, exchange);
  if (operation == "Tags_UpdateAtScope") return groups_.update_tags(path, exchange);
  if (operation == "ContainerGroups_Delete") return groups_.remove(path, exchange);
  if (operation == "ContainerGroups_Start") return groups_.start(path, exchange);
  if (operation == "ContainerGroups_Stop") return groups_.stop(path, exchange);
  if (operation == "ContainerGroups_Restart") return groups_.restart(path, exchange);
  return not_allowed(exchange.http.method);
}

// Said plainly, with a code that Azure does not have: a client that needs a terminal cannot go on here.
ArmReply ResourceManager::terminal(const ArmPath& path, const Exchange& exchange) {
  if (exchange.http.method != "POST") return not_allowed(exchange.http.method);
  ArmReply group = groups_.get(path, exchange);
  if (group.status != 200) return group;
  return arm_error({501, "NotEmulated", "This emulator has no terminals: exec and attach are not emulated."});
}

ArmReply ResourceManager::subscription() const {
  ArmReply reply;
  reply.body = json::write(subscription_json(options_));
  return reply;
}

ArmReply ResourceManager::subscriptions() const {
  ArmReply reply;
  reply.body = json::write(json::object({{"value", json::array({subscription_json(options_)})},
                                         {"count", json::object({{"type", "Total"}, {"value", 1}})}}));
  return reply;
}

ArmReply ResourceManager::resource_group(const ArmPath& path, const Exchange& exchange) const {
  ArmReply reply;
  if (exchange.http.method == "HEAD") {
    reply.status = 204;
    return reply;
  }
  reply.body = json::write(resource_group_json(options_, path.resource_group));
  return reply;
}

ArmReply ResourceManager::resource_groups() const {
  Value groups{Value::Array()};
  for (const std::string& name : options_.resource_groups) groups.push(resource_group_json(options_, name));
  ArmReply reply;
  reply.body = json::write(json::object({{"value", std::move(groups)}}));
  return reply;
}

ArmReply ResourceManager::capabilities(const ArmPath& path) const {
  ArmReply reply;
  reply.region = groups_.location_named(path.location);
  reply.body = json::write(json::object(
      {{"value", json::array({json::object(
                     {{"resourceType", "containerGroups"},
                      {"osType", "NotSpecified"},
                      {"location", reply.region},
                      {"ipAddressType", "Public"},
                      {"gpu", "None"},
                      {"capabilities",
                       json::object({{"maxMemoryInGB", 240}, {"maxCpu", 31}, {"maxGpuCount", 0}})}})})}}));
  return reply;
}

}  // namespace dev8agent::emulator
