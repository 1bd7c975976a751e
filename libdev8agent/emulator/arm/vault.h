// Key Vault as Microsoft.ContainerInstance sees it: secrets that a group names by references, and reads as
// one of its identities.
#pragma once

#include <map>
#include <set>
#include <string>

#include "core/json.h"
#include "dev8agent/emulator.h"

namespace dev8agent::emulator {

struct SecretReference {
  std::string identity;  // ARM id
  std::string uri;       // empty: no reference
};

// By their names; of the `properties` of a body that check_definition() accepts.
std::map<std::string, SecretReference> read_references(const json::Value& properties);

// The names of those that variables and files of volumes take; of mounts: Mount::secret. Also of init
// containers, which run nothing here.
std::set<std::string> used_references(const json::Value& properties);

// The value, or null: the vault has no such secret, or the identity may not read it.
const std::string* read_secret(const EmulatorOptions& options, const SecretReference& reference);

}  // namespace dev8agent::emulator
