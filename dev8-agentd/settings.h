// The daemon's own settings: where it listens, who may call it and how often. What the library needs (AZURE_*
// and so on) is read by the library.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dev8agent/log.h"
#include "dev8agent/options.h"
#include "dev8agent/result.h"
#include "dev8agent/secret.h"

namespace dev8agentd {

struct Settings {
  std::string host = "127.0.0.1";  // an IP address or "localhost"
  int port = 8080;                 // 0: any free port
  std::string environment = "development";
  dev8agent::LogLevel log_level = dev8agent::LogLevel::kInfo;
  std::vector<std::string> cors_origins;
  std::vector<std::string> allowed_hosts;  // further names of the agent that Host may have, in lower case
  std::vector<dev8agent::Secret> api_keys;
  bool allow_unauthenticated = false;
  bool plaintext = false;   // TLS ends in front of the agent: it may listen beyond loopback
  bool core_dumps = false;  // a crash may leave a core file, which holds every secret
  int rate_limit_rps = 100;
  int rate_limit_burst = 200;
  std::chrono::seconds request_timeout{300};
  std::chrono::seconds shutdown_grace{5};
  std::chrono::seconds keepalive{75};                // how long an idle connection stays open
  int max_connections_per_address = 0;               // 0: three quarters of all
  std::chrono::milliseconds dev_provisioning{3000};  // of the emulator under --dev
  std::chrono::milliseconds dev_start{2000};
};

// True for an address that only this machine can reach.
bool is_loopback(std::string_view host);

// Reads and checks every variable of the daemon; kInvalidRequest names each malformed one and what was
// expected.
dev8agent::Result<Settings> read_settings(const dev8agent::Variables& variables);

// The effective settings as variable and value, secrets masked.
std::vector<std::pair<std::string, std::string>> describe(const Settings& settings);

}  // namespace dev8agentd
