// What a container group takes from Azure Key Vault: variables of the workspace, files of the TLS container,
// the key of the storage account. A group names each secret once, by a reference, and the rest of it names
// the reference. Pure.
//
// Source: the API description of Microsoft.ContainerInstance, 2025-09-01, and its example "SecretReference".
#pragma once

#include <string_view>

#include "dev8agent/options.h"
#include "model/container_group.h"

namespace dev8agent::internal::plan {

// Enters the references that `settings` ask for, and what names them. The TLS container, where there is one,
// and the secure variables must be in `spec` already: a secret that the environment's maker gave stands in
// the place of the operator's.
void add_vault_secrets(const AgentSettings& settings, ContainerGroupSpec& spec);

// True for the variables of VaultOptions.
bool is_vault_variable(const AgentSettings& settings, std::string_view name);

}  // namespace dev8agent::internal::plan
