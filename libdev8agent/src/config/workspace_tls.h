// The rules of HTTPS for workspaces.
#pragma once

#include "config/variables.h"
#include "dev8agent/options.h"

namespace dev8agent::internal {

// Reads WorkspaceTlsOptions::certificate and key from their files, and adds what is wrong with workspace_tls
// and dns_label_scope.
void complete_workspace_tls(AgentOptions& options, FieldErrors& errors);

}  // namespace dev8agent::internal
