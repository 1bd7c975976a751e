// From the body of a PUT: see container_specs.h.
#include "arm/container_specs.h"

namespace dev8agent::emulator {
namespace {

using json::Value;

// The volumes of Azure Files by their names; the paths are filled in by the containers.
std::map<std::string, ContainerMount> shares_of(const Value& properties) {
  std::map<std::string, ContainerMount> shares;
  const Value* volumes = properties.find("volumes");
  if (!volumes) return shares;
  for (const Value& volume : volumes->array()) {
    const Value* file = volume.find("azureFile");
    if (!file) continue;
    shares[std::string(volume.string_at({"name"}))] = {"",
                                                       std::string(file->string_at({"storageAccountName"})),
                                                       std::string(file->string_at({"shareName"}))};
  }
  return shares;
}

void read_variables(const Value& properties, ContainerSpec& to) {
  const Value* variables = properties.find("environmentVariables");
  if (!variables) return;
  for (const Value& variable : variables->array()) {
    const char* member = variable.find("secureValue") ? "secureValue" : "value";
    to.variables.emplace(variable.string_at({"name"}), variable.string_at({member}));
  }
}

void read_mounts(const Value& properties, const std::map<std::string, ContainerMount>& shares,
                 ContainerSpec& to) {
  const Value* mounts = properties.find("volumeMounts");
  if (!mounts) return;
  for (const Value& mount : mounts->array()) {
    const auto share = shares.find(std::string(mount.string_at({"name"})));
    if (share == shares.end()) continue;
    to.mounts.push_back(share->second);
    to.mounts.back().path = mount.string_at({"mountPath"});
  }
}

ContainerSpec read_container(const Value& sent, const std::map<std::string, ContainerMount>& shares) {
  const Value& properties = *sent.find("properties");
  ContainerSpec to;
  to.name = sent.string_at({"name"});
  to.image = properties.string_at({"image"});
  if (const Value* command = properties.find("command"); command && command->is_array()) {
    for (const Value& word : command->array()) to.command.emplace_back(word.string());
  }
  read_variables(properties, to);
  read_mounts(properties, shares, to);
  const Value* memory = properties.find_path({"resources", "requests", "memoryInGB"});
  if (memory) to.memory_gb = memory->number().value_or(0);
  return to;
}

}  // namespace

std::vector<ContainerSpec> read_container_specs(const Value& body) {
  const Value& properties = *body.find("properties");
  const auto shares = shares_of(properties);
  std::vector<ContainerSpec> specs;
  for (const Value& container : properties.find("containers")->array())
    specs.push_back(read_container(container, shares));
  return specs;
}

}  // namespace dev8agent::emulator
