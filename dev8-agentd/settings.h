// The daemon's own settings: where it listens, who may call it and how often. What the library needs (AZURE_*
// and so on) is read by the library. docs/configuration.md has a row for each variable.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api_keys.h"
#include "client_address.h"
#include "dev8agent/log.h"
#include "dev8agent/options.h"
#include "dev8agent/result.h"
#include "dev8agent/secret.h"
#include "tls_context.h"

namespace dev8agentd {

// The values with their defaults. Most have the variable AGENT_<NAME>, with the unit (_SECONDS, _MS) at its
// end; the comments name the others.
struct Settings {
  std::string host = "127.0.0.1";                              // an IP address or "localhost"
  int port = 8080;                                             // 0: any free port
  std::string environment = "development";                     // ENVIRONMENT; a label of the start's log line
  dev8agent::LogLevel log_level = dev8agent::LogLevel::kInfo;  // LOG_LEVEL
  std::vector<std::string> cors_origins;      // CORS_ALLOWED_ORIGINS; http://localhost:3000 unless set
  std::vector<std::string> allowed_hosts;     // further names of the agent that Host may have, in lower case
  std::vector<ApiKey> api_keys;               // API_KEYS
  std::string api_keys_file;                  // API_KEYS_FILE; empty: none
  std::vector<ApiKey> file_keys;              // what the file held at the start; read by configure()
  std::string tls_certificate;                // a file; with it and its key the listener speaks TLS
  std::string tls_key;                        // a file
  std::shared_ptr<const TlsContext> tls;      // what both held at the start; read by configure()
  bool allow_unauthenticated = false;         // listen beyond loopback without keys
  bool console = false;                       // the web console is served
  bool plaintext = false;                     // TLS ends in front of the agent: it may listen beyond loopback
  bool core_dumps = false;                    // AGENT_ALLOW_CORE_DUMPS; a core file holds every secret
  std::vector<AddressRange> trusted_proxies;  // TRUSTED_PROXIES; whose X-Forwarded-For counts
  std::string trusted_proxies_text;           // the same as it was written
  int rate_limit_rps = 100;                   // RATE_LIMIT_RPS; tokens per second and caller
  int rate_limit_burst = 200;                 // RATE_LIMIT_BURST
  std::chrono::seconds request_timeout{300};  // REQUEST_TIMEOUT_SECONDS; the longest wait of a caller
  std::chrono::seconds shutdown_grace{5};     // how long a shutdown waits for callers
  int max_operations = 2048;                  // under way at a time, with or without a caller
  std::chrono::seconds keepalive{75};         // how long an idle connection stays open
  int max_connections_per_address = 0;        // 0: three quarters of all
  std::chrono::milliseconds dev_provisioning{3000};  // of the emulator under --dev
  std::chrono::milliseconds dev_start{2000};         // the same, of a start
  std::map<std::string, std::string> dev_images;     // image to command under --workspaces, one in a line
  std::string dev_faults;  // a file of faults for the emulator under --dev; empty: none
};

// True for an address that only this machine can reach: "localhost", "::1" and 127.0.0.0/8. `host` is an IP
// address or "localhost".
bool is_loopback(std::string_view host);

// Reads and checks every variable of the daemon. kInvalidRequest names each malformed one and what was
// expected, never its value. It also refuses what would be dangerous: an address beyond loopback without API
// keys or without TLS in front, unless that is asked for by name. Pure.
dev8agent::Result<Settings> read_settings(const dev8agent::Variables& variables);

// The effective settings as variable and value, secrets as "***". Every variable of read_settings() is there,
// also for the check of misspelt names.
std::vector<std::pair<std::string, std::string>> describe(const Settings& settings);

}  // namespace dev8agentd
