// Container groups and operations to and from Azure's JSON.
#include "azure/container_group_json.h"

#include <algorithm>
#include <limits>

#include "azure/errors.h"
#include "base/crypto.h"
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
  for (const auto& [name, reference] : spec.vault_variables)
    list.push(json::object({{"name", name}, {"secureValueReference", reference}}));
  return list;
}

// Limits equal to requests: a limit above the group's total request is refused.
Value resources_of(double cpu, double memory_gb) {
  const Value size = json::object({{"cpu", cpu}, {"memoryInGB", memory_gb}});
  return json::object({{"requests", size}, {"limits", size}});
}

Value container_of(const ContainerGroupSpec& spec) {
  return json::object(
      {{"name", spec.container_name},
       {"properties",
        json::object({{"image", spec.image},
                      {"ports", ports_of(spec.ports)},
                      {"environmentVariables", variables_of(spec)},
                      {"resources", resources_of(spec.cpu, spec.memory_gb)},
                      {"volumeMounts", json::array({json::object(
                                           {{"name", "workspace"}, {"mountPath", spec.mount_path}})})}})}});
}

Value share_volume(const ContainerGroupSpec& spec, const char* name, const std::string& share) {
  Value file = json::object({{"shareName", share}, {"storageAccountName", spec.storage_account}});
  if (!spec.mount_identity_client_id.empty()) {
    file.set("userAssignedIdentityClientId", spec.mount_identity_client_id);
  } else if (!spec.storage_key_reference.empty()) {
    file.set("storageAccountKeyReference", spec.storage_key_reference);
  } else {
    file.set("storageAccountKey", spec.storage_key.reveal());
  }
  return json::object({{"name", name}, {"azureFile", std::move(file)}});
}

constexpr const char* kTlsFiles = "tls-files";
constexpr const char* kTlsShare = "tls-share";

Value tls_container_of(const TlsSidecarSpec& tls) {
  Value variables{Value::Array()};
  for (const auto& [name, value] : tls.variables)
    variables.push(json::object({{"name", name}, {"value", value}}));
  Value mounts =
      json::array({json::object({{"name", kTlsFiles}, {"mountPath", tls.files_path}, {"readOnly", true}})});
  if (!tls.share_name.empty())
    mounts.push(json::object({{"name", kTlsShare}, {"mountPath", tls.share_path}}));
  return json::object({{"name", tls.container_name},
                       {"properties", json::object({{"image", tls.image},
                                                    {"ports", ports_of(tls.ports)},
                                                    {"environmentVariables", std::move(variables)},
                                                    {"resources", resources_of(tls.cpu, tls.memory_gb)},
                                                    {"volumeMounts", std::move(mounts)}})}});
}

Value containers_of(const ContainerGroupSpec& spec) {
  Value containers = json::array({container_of(spec)});
  if (spec.tls) containers.push(tls_container_of(*spec.tls));
  return containers;
}

// One volume may have files whose content is sent and others from a vault.
Value tls_files_of(const TlsSidecarSpec& tls) {
  Value files{Value::Object()};
  for (const auto& [name, content] : tls.files) files.set(name, base64_encode(content.reveal()));
  Value volume = json::object({{"name", kTlsFiles}, {"secret", std::move(files)}});
  if (tls.file_references.empty()) return volume;
  Value references{Value::Object()};
  for (const auto& [name, reference] : tls.file_references) references.set(name, reference);
  volume.set("secretReference", std::move(references));
  return volume;
}

Value volumes_of(const ContainerGroupSpec& spec) {
  Value volumes = json::array({share_volume(spec, "workspace", spec.share_name)});
  if (!spec.tls) return volumes;
  volumes.push(tls_files_of(*spec.tls));
  if (!spec.tls->share_name.empty()) volumes.push(share_volume(spec, kTlsShare, spec.tls->share_name));
  return volumes;
}

Value address_of(const ContainerGroupSpec& spec) {
  std::vector<int> open = spec.ports;
  if (spec.tls) open.insert(open.begin(), spec.tls->ports.begin(), spec.tls->ports.end());
  const bool is_private = !spec.subnet_id.empty();
  Value address = json::object({{"type", is_private ? "Private" : "Public"}, {"ports", ports_of(open)}});
  if (!spec.dns_label.empty()) address.set("dnsNameLabel", spec.dns_label);
  if (!spec.dns_label_scope.empty()) address.set("autoGeneratedDomainNameLabelScope", spec.dns_label_scope);
  return address;
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

Value references_of(const ContainerGroupSpec& spec) {
  Value list{Value::Array()};
  for (const VaultSecret& secret : spec.vault_secrets) {
    list.push(json::object(
        {{"name", secret.reference}, {"identity", secret.identity}, {"secretReferenceUri", secret.uri}}));
  }
  return list;
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

// Of the end that was last: a container that waits for its next start shows that as the state before.
int exit_code_of(const Value& view) {
  const bool now = view.find_path({"currentState", "exitCode"}) != nullptr;
  return count_at(view, {now ? "currentState" : "previousState", "exitCode"});
}

// Azure Files shares of the first container.
std::vector<MountedShare> read_mounts(const Value& body, const Value& container) {
  std::vector<MountedShare> mounts;
  const Value* volumes = body.find_path({"properties", "volumes"});
  const Value* mounted = container.find_path({"properties", "volumeMounts"});
  if (volumes == nullptr || mounted == nullptr) return mounts;
  for (const Value& mount : mounted->array()) {
    for (const Value& volume : volumes->array()) {
      const bool same = volume.string_at({"name"}) == mount.string_at({"name"});
      if (!same || volume.find("azureFile") == nullptr) continue;
      mounts.push_back({std::string(volume.string_at({"azureFile", "storageAccountName"})),
                        std::string(volume.string_at({"azureFile", "shareName"})),
                        std::string(mount.string_at({"mountPath"}))});
    }
  }
  return mounts;
}

void read_sidecar(const Value& container, ContainerGroup& group) {
  const Value* view = container.find_path({"properties", "instanceView"});
  SidecarState sidecar;
  sidecar.name = container.string_at({"name"});
  if (view != nullptr) {
    sidecar.state = view->string_at({"currentState", "state"});
    sidecar.detail = view->string_at({"currentState", "detailStatus"});
    sidecar.exit_code = exit_code_of(*view);
    sidecar.restarts = count_at(*view, {"restartCount"});
    read_events(view->find("events"), group.events);
  }
  group.sidecars.push_back(std::move(sidecar));
}

void read_container(const Value& container, ContainerGroup& group) {
  const bool first = group.containers.empty();
  group.containers.emplace_back(container.string_at({"name"}));
  group.cpu += size_at(container, {"properties", "resources", "requests", "cpu"});
  group.memory_gb += size_at(container, {"properties", "resources", "requests", "memoryInGB"});
  if (!first) return read_sidecar(container, group);
  group.image = container.string_at({"properties", "image"});
  const Value* view = container.find_path({"properties", "instanceView"});
  if (view == nullptr) return;
  group.container_state = view->string_at({"currentState", "state"});
  group.container_detail = view->string_at({"currentState", "detailStatus"});
  group.container_exit_code = exit_code_of(*view);
  group.container_restarts = count_at(*view, {"restartCount"});
  group.container_started_at = parse_rfc3339(view->string_at({"currentState", "startTime"}));
  group.container_finished_at = parse_rfc3339(view->string_at({"currentState", "finishTime"}));
  read_events(view->find("events"), group.events);
}

}  // namespace

std::string write_container_group(const ContainerGroupSpec& spec) {
  Value tags{Value::Object()};
  for (const auto& [name, value] : spec.tags) tags.set(name, value);
  Value properties = json::object({{"containers", containers_of(spec)},
                                   {"osType", "Linux"},
                                   {"restartPolicy", spec.restart_policy},
                                   {"ipAddress", address_of(spec)},
                                   {"volumes", volumes_of(spec)}});
  if (!spec.registry_username.empty() || !spec.registry_identity.empty())
    properties.set("imageRegistryCredentials", json::array({registry_credential_of(spec)}));
  if (!spec.subnet_id.empty())
    properties.set("subnetIds", json::array({json::object({{"id", spec.subnet_id}})}));
  if (!spec.vault_secrets.empty()) properties.set("secretReferences", references_of(spec));
  Value group = json::object({{"location", spec.location}, {"tags", tags}, {"properties", properties}});
  if (!spec.zone.empty()) group.set("zones", json::array({Value(spec.zone)}));
  if (!spec.identities.empty()) group.set("identity", identity_of(spec));
  return json::write(group);
}

ContainerGroup read_container_group(const Value& body) {
  ContainerGroup group;
  group.name = body.string_at({"name"});
  group.location = body.string_at({"location"});
  // Azure places a group in one zone at most.
  if (const Value* zones = body.find("zones"); zones != nullptr && !zones->array().empty())
    group.zone = zones->array().front().string();
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
    if (!containers->array().empty()) group.mounts = read_mounts(body, containers->array().front());
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
      if (event.failure) result.error = *event.failure;
    }
  }
  return result;
}

}  // namespace dev8agent::internal::azure
