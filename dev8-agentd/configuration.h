// From variables to everything that is configured: environment, .env file and flags become the daemon's
// settings and the library's options. Every broken rule is reported at once, so that one start shows all
// mistakes.
//
//   auto variables = dev8agent::environment_variables();
//   auto read = add_env_file("", variables);
//   auto configuration = configure(variables);
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "dev8agent/options.h"
#include "dev8agent/result.h"
#include "settings.h"

namespace dev8agentd {

// Adds the variables of an .env file that `variables` does not have yet; empty values are left out. An empty
// `path` means ".env" in the working directory, which may be absent; a file that was named must exist.
// kInvalidRequest names the file, and the line where there is one.
dev8agent::Status add_env_file(const std::string& path, dev8agent::Variables& variables);

// The keys of API_KEYS_FILE. kInvalidRequest names the variable, the file and the line; also when a key is
// there twice, in the file or among `others`, which are those of API_KEYS. Also while the daemon runs; any
// thread.
dev8agent::Result<std::vector<ApiKey>> load_api_keys(const std::string& path,
                                                     const std::vector<ApiKey>& others);

// What the files of AGENT_TLS_CERTIFICATE and AGENT_TLS_KEY hold. kInvalidRequest names the variable and the
// file. Also while the daemon runs; any thread.
dev8agent::Result<std::shared_ptr<const TlsContext>> load_tls(const std::string& certificate_path,
                                                              const std::string& key_path);

// Both kinds of settings. The library's are not final yet: finalize() checks and completes them, after the
// daemon has added logger and scheduler.
struct Configuration {
  Settings settings;
  dev8agent::AgentOptions options;
};
// Reads and checks all variables. kInvalidRequest has a field for each mistake, of the daemon's variables and
// of the library's.
dev8agent::Result<Configuration> configure(const dev8agent::Variables& variables);

// Hands the library the keys of activity tokens: AGENT_ACTIVITY_SECRET, which it has already, then one key
// for each API key, derived from it. Without any of them it gets a random key that lives as long as this
// process: then tokens are not known to other agents, or after a restart.
void set_activity_keys(const Settings& settings, dev8agent::AgentOptions& options);

}  // namespace dev8agentd
