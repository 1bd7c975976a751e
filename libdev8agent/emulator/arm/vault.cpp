// References of a body, and what they lead to: see vault.h.
#include "arm/vault.h"

#include <algorithm>

#include "core/strings.h"

namespace dev8agent::emulator {

using json::Value;

std::map<std::string, SecretReference> read_references(const Value& properties) {
  std::map<std::string, SecretReference> references;
  const Value* list = properties.find("secretReferences");
  if (!list) return references;
  for (const Value& one : list->array()) {
    references[std::string(one.string_at({"name"}))] = {std::string(one.string_at({"identity"})),
                                                        std::string(one.string_at({"secretReferenceUri"}))};
  }
  return references;
}

std::set<std::string> used_references(const Value& properties) {
  std::set<std::string> names;
  for (const char* list : {"containers", "initContainers"}) {
    const Value* containers = properties.find(list);
    if (!containers) continue;
    for (const Value& container : containers->array()) {
      const Value* variables = container.find_path({"properties", "environmentVariables"});
      if (!variables) continue;
      for (const Value& variable : variables->array())
        names.emplace(variable.string_at({"secureValueReference"}));
    }
  }
  if (const Value* volumes = properties.find("volumes")) {
    for (const Value& volume : volumes->array()) {
      const Value* files = volume.find("secretReference");
      if (!files) continue;
      for (const json::Member& file : files->object()) names.emplace(file.value.string());
    }
  }
  names.erase("");
  return names;
}

const std::string* read_secret(const EmulatorOptions& options, const SecretReference& reference) {
  const auto& all = options.identities;
  const bool may_read = std::any_of(all.begin(), all.end(), [&](const ManagedIdentity& one) {
    return one.reads_vaults && same_name(one.id, reference.identity);
  });
  const auto found = options.vault_secrets.find(reference.uri);
  return may_read && found != options.vault_secrets.end() ? &found->second : nullptr;
}

}  // namespace dev8agent::emulator
