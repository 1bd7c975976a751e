// The rules of access to storage and registry without keys and passwords.
#pragma once

#include "config/variables.h"
#include "dev8agent/options.h"

namespace dev8agent::internal {

// Sets AgentOptions::aci_api_version where it is empty.
void choose_api_version(AgentOptions& options);

// Adds what is wrong with storage_access and registry.identity. Regions must be complete, and the API version
// chosen.
void check_storage_access(const AgentOptions& options, FieldErrors& errors);

}  // namespace dev8agent::internal
