// From the body of a PUT: see container_specs.h.
#include "arm/container_specs.h"

#include <algorithm>

#include "core/hashes.h"

namespace dev8agent::emulator {
namespace {

using json::Value;

std::map<std::string, std::string> files_of(const Value& secret) {
  std::map<std::string, std::string> files;
  for (const json::Member& file : secret.object())
    files[file.name] = base64_decode(file.value.string()).value_or("");
  return files;
}

std::string value_of(const VaultValues& vault, std::string_view reference) {
  const auto found = vault.find(std::string(reference));
  return found == vault.end() ? "" : found->second;
}

// The volumes of Azure Files and the secret ones by their names; the paths are filled in by the containers.
std::map<std::string, ContainerMount> volumes_of(const Value& properties, const VaultValues& vault) {
  std::map<std::string, ContainerMount> mounts;
  const Value* volumes = properties.find("volumes");
  if (!volumes) return mounts;
  for (const Value& volume : volumes->array()) {
    const std::string name(volume.string_at({"name"}));
    if (const Value* secret = volume.find("secret")) mounts[name].files = files_of(*secret);
    if (const Value* references = volume.find("secretReference")) {
      for (const json::Member& one : references->object())
        mounts[name].files[one.name] = value_of(vault, one.value.string());
    }
    const Value* file = volume.find("azureFile");
    if (!file) continue;
    mounts[name].storage_account = file->string_at({"storageAccountName"});
    mounts[name].share = file->string_at({"shareName"});
  }
  return mounts;
}

void read_variables(const Value& properties, const VaultValues& vault, ContainerSpec& to) {
  const Value* variables = properties.find("environmentVariables");
  if (!variables) return;
  for (const Value& variable : variables->array()) {
    const char* member = variable.find("secureValue") ? "secureValue" : "value";
    const Value* reference = variable.find("secureValueReference");
    to.variables.emplace(variable.string_at({"name"}),
                         reference ? value_of(vault, reference->string()) : variable.string_at({member}));
  }
}

void read_mounts(const Value& properties, const std::map<std::string, ContainerMount>& volumes,
                 ContainerSpec& to) {
  const Value* mounts = properties.find("volumeMounts");
  if (!mounts) return;
  for (const Value& mount : mounts->array()) {
    const auto volume = volumes.find(std::string(mount.string_at({"name"})));
    if (volume == volumes.end()) continue;
    to.mounts.push_back(volume->second);
    to.mounts.back().path = mount.string_at({"mountPath"});
  }
}

// At least 1.
void read_number(const Value& from, const char* name, int& to) {
  const Value* number = from.find(name);
  if (number && number->number()) to = std::max(1, static_cast<int>(*number->number()));
}

void read_seconds(const Value& from, const char* name, std::chrono::seconds& to) {
  int seconds = static_cast<int>(to.count());
  read_number(from, name, seconds);
  to = std::chrono::seconds(seconds);
}

void read_probe(const Value& properties, const char* name, bool ends_container, ContainerSpec& to) {
  const Value* sent = properties.find(name);
  if (!sent || !sent->is_object()) return;
  ContainerProbe probe;
  probe.ends_container = ends_container;
  if (const Value* command = sent->find_path({"exec", "command"})) {
    for (const Value& word : command->array()) probe.command.emplace_back(word.string());
  }
  if (const Value* port = sent->find_path({"httpGet", "port"}))
    probe.port = static_cast<int>(port->number().value_or(0));
  if (const auto path = sent->string_at({"httpGet", "path"}); !path.empty()) probe.path = path;
  read_seconds(*sent, "initialDelaySeconds", probe.initial_delay);
  read_seconds(*sent, "periodSeconds", probe.period);
  read_seconds(*sent, "timeoutSeconds", probe.timeout);
  read_number(*sent, "failureThreshold", probe.failure_threshold);
  if (!probe.command.empty() || probe.port > 0) to.probes.push_back(std::move(probe));
}

ContainerSpec read_container(const Value& sent, const std::map<std::string, ContainerMount>& volumes,
                             const VaultValues& vault) {
  const Value& properties = *sent.find("properties");
  ContainerSpec to;
  to.name = sent.string_at({"name"});
  to.image = properties.string_at({"image"});
  if (const Value* command = properties.find("command"); command && command->is_array()) {
    for (const Value& word : command->array()) to.command.emplace_back(word.string());
  }
  read_variables(properties, vault, to);
  read_mounts(properties, volumes, to);
  read_probe(properties, "livenessProbe", true, to);
  read_probe(properties, "readinessProbe", false, to);
  const Value* memory = properties.find_path({"resources", "requests", "memoryInGB"});
  if (memory) to.memory_gb = memory->number().value_or(0);
  return to;
}

}  // namespace

std::vector<ContainerSpec> read_container_specs(const Value& body, const VaultValues& vault) {
  const Value& properties = *body.find("properties");
  const auto volumes = volumes_of(properties, vault);
  std::vector<ContainerSpec> specs;
  for (const Value& container : properties.find("containers")->array())
    specs.push_back(read_container(container, volumes, vault));
  return specs;
}

}  // namespace dev8agent::emulator
