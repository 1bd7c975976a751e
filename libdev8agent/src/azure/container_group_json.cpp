// Container groups and operations to and from Azure's JSON.
#include "azure/container_group_json.h"

#include <algorithm>
#include <limits>

#include "azure/errors.h"
#include "base/retry.h"
#include "base/text.h"
#include "base/time_format.h"
#include "json/write.h"

namespace dev8agent::internal::azure {
namespace {

using json::Value;

Value ports_of(const std::vector<int>& ports) {
  Value list{Value::Array()};
  for (int port : ports) list.push(json::object({{"port", port}, {"protocol", "TCP"}}));
  return list;
}

Value variables_of(const ContainerGroupSpec& spec) {
  Value list{Value::Array()};
  for (const auto& [name, value] : spec.variables)
    list.push(json::object({{"name", name}, {"value", value}}));
  for (const auto& [name, value] : spec.secure_variables) {
    list.push(json::object({{"name", name}, {"secureValue", value.reveal()}}));
  }
  return list;
}

Value container_of(const ContainerGroupSpec& spec) {
  // Limits equal to requests: a limit above the group's total request is refused.
  const Value size = json::object({{"cpu", double(spec.cpu_cores)}, {"memoryInGB", double(spec.memory_gb)}});
  return json::object(
      {{"name", spec.container_name},
       {"properties",
        json::object({{"image", spec.image},
                      {"ports", ports_of(spec.ports)},
                      {"environmentVariables", variables_of(spec)},
                      {"resources", json::object({{"requests", size}, {"limits", size}})},
                      {"volumeMounts", json::array({json::object(
                                           {{"name", "workspace"}, {"mountPath", spec.mount_path}})})}})}});
}

constexpr const char* kStorageKeyReference = "storage-key";

Value volume_of(const ContainerGroupSpec& spec) {
  Value file = json::object({{"shareName", spec.share_name}, {"storageAccountName", spec.storage_account}});
  if (!spec.mount_identity_client_id.empty()) {
    file.set("userAssignedIdentityClientId", spec.mount_identity_client_id);
  } else if (!spec.storage_secret_uri.empty()) {
    file.set("storageAccountKeyReference", kStorageKeyReference);
  } else {
    file.set("storageAccountKey", spec.storage_key.reveal());
  }
  return json::object({{"name", "workspace"}, {"azureFile", std::move(file)}});
}

Value address_of(const ContainerGroupSpec& spec) {
  if (!spec.subnet_id.empty()) return json::object({{"type", "Private"}, {"ports", ports_of(spec.ports)}});
  return json::object(
      {{"type", "Public"}, {"ports", ports_of(spec.ports)}, {"dnsNameLabel", spec.dns_label}});
}

Value registry_credential_of(const ContainerGroupSpec& spec) {
  if (!spec.registry_identity.empty())
    return json::object({{"server", spec.registry_server}, {"identity", spec.registry_identity}});
  return json::object({{"server", spec.registry_server},
                       {"username", spec.registry_username},
                       {"password", spec.registry_password.reveal()}});
}

Value identity_of(const ContainerGroupSpec& spec) {
  Value identities{Value::Object()};
  for (const std::string& id : spec.identities) identities.set(id, Value(Value::Object()));
  return json::object({{"type", "UserAssigned"}, {"userAssignedIdentities", std::move(identities)}});
}

double number_at(const Value& value, std::initializer_list<std::string_view> path) {
  const Value* found = value.find_path(path);
  return found ? found->number().value_or(0) : 0;
}

// Cut to the range of int: exit codes are 32 bits without a sign.
int count_at(const Value& value, std::initializer_list<std::string_view> path) {
  using Limits = std::numeric_limits<int>;
  return static_cast<int>(std::clamp<double>(number_at(value, path), Limits::min(), Limits::max()));
}

// Cut to what is far beyond any container.
double size_at(const Value& value, std::initializer_list<std::string_view> path) {
  return std::clamp<double>(number_at(value, path), 0, 1e6);
}

void read_events(const Value* list, std::vector<ContainerEvent>& events) {
  if (list == nullptr) return;
  for (const Value& item : list->array()) {
    ContainerEvent event;
    event.name = item.string_at({"name"});
    event.message = item.string_at({"message"});
    event.type = item.string_at({"type"});
    event.count = count_at(item, {"count"});
    event.first_at = parse_rfc3339(item.string_at({"firstTimestamp"}));
    event.last_at = parse_rfc3339(item.string_at({"lastTimestamp"}));
    event.failure = error_of(event);
    events.push_back(std::move(event));
  }
}

void read_container(const Value& container, ContainerGroup& group) {
  group.containers.emplace_back(container.string_at({"name"}));
  group.cpu += size_at(container, {"properties", "resources", "requests", "cpu"});
  group.memory_gb += size_at(container, {"properties", "resources", "requests", "memoryInGB"});
  const Value* view = container.find_path({"properties", "instanceView"});
  if (view == nullptr) return;
  group.container_state = view->string_at({"currentState", "state"});
  group.container_detail = view->string_at({"currentState", "detailStatus"});
  group.container_exit_code = count_at(*view, {"currentState", "exitCode"});
  group.container_restarts = count_at(*view, {"restartCount"});
  group.container_started_at = parse_rfc3339(view->string_at({"currentState", "startTime"}));
  group.container_finished_at = parse_rfc3339(view->string_at({"currentState", "finishTime"}));
  read_events(view->find("events"), group.events);
}

}  // namespace

std::string write_container_group(const ContainerGroupSpec& spec) {
  Value tags{Value::Object()};
  for (const auto& [name, value] : spec.tags) tags.set(name, value);
  Value properties = json::object({{"containers", json::array({container_of(spec)})},
                                   {"osType", "Linux"},
                                   {"restartPolicy", spec.restart_policy},
                                   {"ipAddress", address_of(spec)},
                                   {"volumes", json::array({volume_of(spec)})}});
  if (!spec.registry_username.empty() || !spec.registry_identity.empty())
    properties.set("imageRegistryCredentials", json::array({registry_credential_of(spec)}));
  if (!spec.subnet_id.empty())
    properties.set("subnetIds", json::array({json::object({{"id", spec.subnet_id}})}));
  if (!spec.storage_secret_uri.empty()) {
    properties.set("secretReferences",
                   json::array({json::object({{"name", kStorageKeyReference},
                                              {"identity", spec.vault_identity},
                                              {"secretReferenceUri", spec.storage_secret_uri}})}));
  }
  Value group = json::object({{"location", spec.location}, {"tags", tags}, {"properties", properties}});
  if (!spec.identities.empty()) group.set("identity", identity_of(spec));
  return json::write(group);
}

ContainerGroup read_container_group(const Value& body) {
  ContainerGroup group;
  group.name = body.string_at({"name"});
  group.location = body.string_at({"location"});
  if (const Value* tags = body.find("tags")) {
    for (const json::Member& tag : tags->object()) group.tags[tag.name] = tag.value.string();
  }
  group.provisioning_state = body.string_at({"properties", "provisioningState"});
  group.state = body.string_at({"properties", "instanceView", "state"});
  group.fqdn = body.string_at({"properties", "ipAddress", "fqdn"});
  // Azure shows 0.0.0.0 until a group in a virtual network has its address.
  const std::string_view ip = body.string_at({"properties", "ipAddress", "ip"});
  const bool is_private = equal_ignoring_case(body.string_at({"properties", "ipAddress", "type"}), "Private");
  if (is_private && ip != "0.0.0.0") group.private_ip = ip;
  read_events(body.find_path({"properties", "instanceView", "events"}), group.events);
  if (const Value* containers = body.find_path({"properties", "containers"})) {
    for (const Value& container : containers->array()) read_container(container, group);
  }
  return group;
}

OperationStatus read_operation(const Value& body, const std::vector<HttpHeader>& headers, WallTime now) {
  OperationStatus result;
  const std::string_view status = body.string_at({"status"});
  read_events(body.find_path({"properties", "events"}), result.events);
  HttpResponse response;
  response.headers = headers;
  result.retry_after = retry_after(response, now);
  // Terminal states; every other word counts as not finished.
  if (equal_ignoring_case(status, "Succeeded")) {
    result.phase = OperationPhase::kSucceeded;
  } else if (equal_ignoring_case(status, "Canceled") || equal_ignoring_case(status, "Cancelled")) {
    result.phase = OperationPhase::kCanceled;
  } else if (equal_ignoring_case(status, "Failed")) {
    result.phase = OperationPhase::kFailed;
    AzureFailure complaint;
    complaint.code = body.string_at({"error", "code"});
    complaint.message = body.string_at({"error", "message"});
    if (complaint.code.empty()) complaint.code = status;
    result.error = classify_failure(complaint);
    for (const ContainerEvent& event : result.events) {
      if (event.failure) result.error = event.failure;
    }
  }
  return result;
}

}  // namespace dev8agent::internal::azure
