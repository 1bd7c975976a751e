// The rules of what workspaces get from Azure Key Vault.
#pragma once

#include "config/variables.h"
#include "dev8agent/options.h"

namespace dev8agent::internal {

// Adds what is wrong with AgentOptions::vault, and whether it fits what else names a secret of a vault.
void check_vault(const AgentOptions& options, FieldErrors& errors);

}  // namespace dev8agent::internal
