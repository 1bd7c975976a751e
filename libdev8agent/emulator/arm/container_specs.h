// The containers of a definition as a ContainerRuntime needs them.
#pragma once

#include <vector>

#include "core/json.h"
#include "dev8agent/container_runtime.h"

namespace dev8agent::emulator {

// The containers of the body of a PUT that check_definition() accepts, secure variables included.
std::vector<ContainerSpec> read_container_specs(const json::Value& body);

}  // namespace dev8agent::emulator
