// From variables to everything that is configured: environment, .env file and flags become the daemon's
// settings and the library's, with every broken rule reported at once.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "dev8agent/options.h"
#include "dev8agent/result.h"
#include "settings.h"

namespace dev8agentd {

// The process's environment. Empty variables count as absent.
dev8agent::Variables environment_variables();

// Adds the variables of an .env file that `variables` does not have. An empty `path` means ".env" in the
// working directory, which may be absent. Errors name the file, and the line where there is one.
dev8agent::Status add_env_file(const std::string& path, dev8agent::Variables& variables);

// Both kinds of settings, before the library has finalised its own.
struct Configuration {
  Settings settings;
  dev8agent::AgentOptions options;
};
dev8agent::Result<Configuration> configure(const dev8agent::Variables& variables);

// Hands the library a key of activity tokens for each API key, derived from it, behind AGENT_ACTIVITY_SECRET;
// without either it gets a random one that lives as long as this process.
void set_activity_keys(const Settings& settings, dev8agent::AgentOptions& options);

}  // namespace dev8agentd
