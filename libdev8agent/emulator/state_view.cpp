// Emulator::state_json(): the state for people and scripts.
#include "core/json.h"
#include "dev8agent/emulator.h"
#include "emulator_impl.h"
#include "fault_effects.h"

namespace dev8agent::emulator {
namespace {

json::Value texts(const std::map<std::string, std::string>& from) {
  json::Value object = json::object({});
  for (const auto& [name, value] : from) object.append(name, value);
  return object;
}

json::Value names(const std::map<std::string, std::string>& from) {
  json::Value array = json::array({});
  for (const auto& [name, value] : from) array.push(name);
  return array;
}

json::Value view(const GroupView& group) {
  return json::object({{"name", group.name},
                       {"resourceGroup", group.resource_group},
                       {"location", group.location},
                       {"provisioningState", group.provisioning_state},
                       {"state", group.state},
                       {"containerState", group.container_state},
                       {"restarts", group.restarts},
                       {"deployments", group.deployments},
                       {"image", group.image},
                       {"cpu", group.cpu},
                       {"memoryGb", group.memory_gb},
                       {"storageAccount", group.storage_account},
                       {"share", group.share},
                       {"tags", texts(group.tags)},
                       {"variables", texts(group.variables)},
                       {"secureVariables", names(group.secure_variables)}});
}

json::Value view(const ShareView& share) {
  return json::object({{"name", share.name},
                       {"storageAccount", share.storage_account},
                       {"quotaGib", share.quota_gib},
                       {"beingDeleted", share.being_deleted},
                       {"metadata", texts(share.metadata)}});
}

}  // namespace

std::string Emulator::state_json() const {
  json::Value all_groups = json::array({});
  for (const GroupView& group : groups()) all_groups.push(view(group));
  json::Value all_shares = json::array({});
  for (const ShareView& share : shares()) all_shares.push(view(share));
  json::Value counts = json::object({});
  json::Value faults = json::object({});
  {
    const std::lock_guard lock(impl_->mutex);
    for (const auto& [operation, count] : impl_->counts) counts.append(operation, count);
    for (const auto& [kind, count] : impl_->faults) faults.append(std::string(word_of(kind)), count);
  }
  return json::write(json::object({{"containerGroups", std::move(all_groups)},
                                   {"shares", std::move(all_shares)},
                                   {"calls", std::move(counts)},
                                   {"faults", std::move(faults)}}));
}

}  // namespace dev8agent::emulator
