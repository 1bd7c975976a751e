// Configuration: AgentOptions as the program writes it, AgentSettings as the library uses it.
// finalize() is the only way from one to the other; nothing validates or defaults again later.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dev8agent/credential.h"
#include "dev8agent/log.h"
#include "dev8agent/result.h"
#include "dev8agent/scheduler.h"
#include "dev8agent/secret.h"
#include "dev8agent/transport.h"

namespace dev8agent {

// One Azure region in which environments may live, with its own resource group and storage account.
struct RegionOptions {
  std::string name{};      // what requests call it
  std::string location{};  // Azure's name ("eastus"); empty: the same as `name`
  bool enabled = true;
  std::string resource_group{};   // empty: AgentOptions::resource_group
  std::string storage_account{};  // empty: AgentOptions::storage_account
  Secret storage_key{};           // base64; empty: fetched with listKeys
};

struct RegistryOptions {
  std::string server = "index.docker.io";
  std::string username{};  // empty: no credentials are sent
  Secret password{};
};

// Where Azure is. http:// is accepted for loopback addresses only.
struct EndpointOptions {
  std::string resource_manager = "https://management.azure.com";
  std::string file = "https://{account}.file.core.windows.net";  // {account} is replaced
  std::string ca_file{};                                         // extra CA bundle, PEM
};

struct RetryOptions {
  std::chrono::milliseconds base_delay{800};   // first back-off, doubled each time, full jitter
  std::chrono::milliseconds max_delay{60000};  // cap of the back-off; Retry-After is obeyed beyond it
  int budget_capacity = 500;                   // tokens in the retry budget shared by all calls
  int budget_refill_per_second = 10;
};

// How often all operations in flight together may read container groups of one subscription while they wait.
// Azure Resource Manager refills 25 reads a second for each principal, and other tools share them.
struct PollingOptions {
  double reads_per_second = 3;  // 0.1 to 25
  int burst = 25;               // 1 to 250: reads at once after a quiet time
};

struct AgentOptions {
  std::string subscription_id{};
  std::string resource_group{};
  std::string storage_account{};
  Secret storage_key{};
  std::string default_region{};  // empty: a create must name its region
  std::vector<RegionOptions> regions{};

  std::string image = "vaibhavsing/dev8-workspace:latest";
  RegistryOptions registry{};
  std::string restart_policy = "OnFailure";  // or "Always"
  std::string agent_base_url{};              // where workspaces report activity
  bool expose_supervisor = false;            // open port 9000 and return supervisorUrl
  std::vector<Secret> activity_keys{};       // the first makes per-workspace tokens; each checks them

  EndpointOptions endpoints{};
  std::string aci_api_version = "2025-09-01";
  CredentialOptions identity{};
  std::shared_ptr<TokenCredential> credential{};  // null: make_default_credential(identity)

  std::chrono::seconds operation_timeout{2100};  // ceiling of a create or start; ACI gives up at 30 minutes
  std::chrono::seconds rollback_timeout{300};    // own deadline of a roll-back
  RetryOptions retry{};
  PollingOptions polling{};

  // Seams and hooks. Null: libcurl, its loop thread, the system's CSPRNG, no log.
  std::shared_ptr<Transport> transport{};
  std::shared_ptr<Scheduler> scheduler{};
  std::function<std::string(std::size_t)> random_bytes{};
  Logger logger{};
};

// Finalised configuration: immutable, cheap to copy, safe from any thread.
class AgentSettings {
 public:
  const AgentOptions& operator*() const { return *options_; }
  const AgentOptions* operator->() const { return options_.get(); }
  // The enabled region called `name` (case and spaces ignored), or null.
  const RegionOptions* region(std::string_view name) const;

 private:
  friend Result<AgentSettings> finalize(AgentOptions options);
  explicit AgentSettings(std::shared_ptr<const AgentOptions> options) : options_(std::move(options)) {}
  std::shared_ptr<const AgentOptions> options_{};
};

// Fills defaults in and checks every rule; kInvalidRequest lists every broken one by its variable's name.
Result<AgentSettings> finalize(AgentOptions options);

// Environment variables by name, as in rest-contract's configuration table.
using Variables = std::map<std::string, std::string>;

// Reads the library's variables (AZURE_*, CONTAINER_IMAGE, REGISTRY_* ...); others are ignored. A malformed
// value is a field error that names the variable and what was expected.
Result<AgentOptions> options_from_variables(const Variables& variables);

// Parses the text of a `.env` file: NAME=value lines, '#' comments, optional `export`, single and double
// quotes. A malformed line is a field error that names the line.
Result<Variables> parse_env_file(std::string_view text);

// The effective configuration as variable and value, secrets masked as "***".
std::vector<std::pair<std::string, std::string>> describe(const AgentSettings& settings);

}  // namespace dev8agent
