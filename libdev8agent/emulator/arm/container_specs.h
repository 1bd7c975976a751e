// The containers of a definition as a ContainerRuntime needs them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/json.h"
#include "dev8agent/container_runtime.h"

namespace dev8agent::emulator {

// Values of secrets in a vault, by the names of the group's references.
using VaultValues = std::map<std::string, std::string>;

// The containers of the body of a PUT that check_definition() accepts, secure variables included. What refers
// to a secret that is not in `vault` is empty.
std::vector<ContainerSpec> read_container_specs(const json::Value& body, const VaultValues& vault);

}  // namespace dev8agent::emulator
