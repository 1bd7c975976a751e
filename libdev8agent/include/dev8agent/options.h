// Configuration: AgentOptions as the program writes it, AgentSettings as the library uses it. finalize() is
// the only way from one to the other; every rule is checked and every default is set there. Any thread.
//
//   auto options = dev8agent::options_from_environment();
//   if (!options.ok()) return fail(options.error());  // lists every malformed variable
//   options->logger = [](const dev8agent::LogRecord& record) { write(record); };
//   auto settings = dev8agent::finalize(std::move(*options));
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dev8agent/credential.h"
#include "dev8agent/export.h"
#include "dev8agent/log.h"
#include "dev8agent/observer.h"
#include "dev8agent/result.h"
#include "dev8agent/scheduler.h"
#include "dev8agent/secret.h"
#include "dev8agent/transport.h"

namespace dev8agent {
inline namespace DEV8AGENT_ABI {

// Whether Azure starts a container again whose program has ended: after a failure, or always.
enum class RestartPolicy { kOnFailure, kAlways };

// What the share of a new environment is: its home directory, or only ~/workspace, with the home on the
// container's own disk, which a stop empties.
enum class WorkspaceLayout { kHome, kWorkspace };

// When a create, start or restart has succeeded: once Azure shows the container running, or once the
// workspace answers GET /healthz on port 8080 of its public address with a status below 500.
enum class WorkspaceReady { kAzure, kHttp };

// How shares are made and read: with the account's key; with a token of this agent's identity; through Azure
// Resource Manager, which needs no way to the account itself; or by one of these that Azure allows, found out
// with the first request (docs/operations.md has the order).
enum class StorageAuth { kKey, kEntra, kArm, kAuto };

// How a container mounts its share: with the account's key, as an identity, or with the key that an identity
// reads from a vault.
enum class MountAuth { kKey, kIdentity, kKeyVault };

// How browsers reach a workspace: over plain HTTP, or over HTTPS with a certificate that the container gets
// for the host name that Azure gives, or with one that the operator has.
enum class WorkspaceTlsMode { kNone, kAcme, kCertificate };

// Which names Azure gives: without a hash, so that anybody may have the name once the environment is gone;
// with a hash that belongs to the tenant, the subscription or the resource group; or a new one each time.
// Source: Microsoft Learn, "Deploy an Azure Container Instance with DNS name reuse policy".
enum class DnsLabelScope { kUnsecure, kTenantReuse, kSubscriptionReuse, kResourceGroupReuse, kNoreuse };

// The word that the variable of docs/configuration.md takes, such as "OnFailure".
DEV8AGENT_EXPORT std::string_view to_string(RestartPolicy policy);
DEV8AGENT_EXPORT std::string_view to_string(WorkspaceLayout layout);
DEV8AGENT_EXPORT std::string_view to_string(WorkspaceReady ready);
DEV8AGENT_EXPORT std::string_view to_string(StorageAuth auth);
DEV8AGENT_EXPORT std::string_view to_string(MountAuth auth);
DEV8AGENT_EXPORT std::string_view to_string(WorkspaceTlsMode mode);
DEV8AGENT_EXPORT std::string_view to_string(DnsLabelScope scope);

// The policy of such a word; none for any other text.
DEV8AGENT_EXPORT std::optional<RestartPolicy> parse_restart_policy(std::string_view word);
// The layout of such a word; none for any other text.
DEV8AGENT_EXPORT std::optional<WorkspaceLayout> parse_workspace_layout(std::string_view word);
// The condition of such a word; none for any other text.
DEV8AGENT_EXPORT std::optional<WorkspaceReady> parse_workspace_ready(std::string_view word);
// The way of such a word; none for any other text.
DEV8AGENT_EXPORT std::optional<StorageAuth> parse_storage_auth(std::string_view word);
// The way to mount of such a word; none for any other text.
DEV8AGENT_EXPORT std::optional<MountAuth> parse_mount_auth(std::string_view word);
// The mode of such a word; none for any other text.
DEV8AGENT_EXPORT std::optional<WorkspaceTlsMode> parse_workspace_tls_mode(std::string_view word);
// The scope of such a word; none for any other text.
DEV8AGENT_EXPORT std::optional<DnsLabelScope> parse_dns_label_scope(std::string_view word);

// What finalize() calls an option that is wrong: the member, such as "options.image", or the variable that
// sets it, such as CONTAINER_IMAGE.
enum class OptionNames { kMembers, kVariables };

// One Azure region in which environments may live, with its own resource group and storage account.
struct RegionOptions {
  std::string name{};      // what requests call it
  std::string location{};  // Azure's name ("eastus"); empty: the same as `name`
  bool enabled = true;
  std::string resource_group{};   // empty: AgentOptions::resource_group
  std::string storage_account{};  // empty: AgentOptions::storage_account
  Secret storage_key{};           // base64; empty: fetched with listKeys
};

// Where the workspace's image is pulled from.
struct RegistryOptions {
  std::string server = "index.docker.io";
  std::string username{};  // empty: no credentials are sent
  Secret password{};
  // ARM id of a user-assigned identity that pulls from an Azure container registry, in the place of a user
  // name: "/subscriptions/.../userAssignedIdentities/NAME". It needs the role AcrPull.
  std::string identity{};
};

// How containers get at their file shares, and how this library does.
struct StorageAccessOptions {
  StorageAuth auth = StorageAuth::kKey;
  MountAuth mount = MountAuth::kKey;
  std::string mount_identity{};            // ARM id of a user-assigned identity; for kIdentity and kKeyVault
  std::string mount_identity_client_id{};  // its client id, a GUID; for kIdentity
  std::string secret_uri{};  // of the account's key, https://VAULT/secrets/NAME; for kKeyVault, one account
};

// How browsers reach workspaces over HTTPS: a Caddy container beside the workspace's own ends TLS and passes
// requests on to port 8080, which is then closed to the network. Environments get it with their next
// deployment: a create, or a start with secrets or other sizes.
struct WorkspaceTlsOptions {
  // With kAcme the container keeps its certificate on a file share of the environment, tls-ID; with
  // kCertificate it has the one below.
  WorkspaceTlsMode mode = WorkspaceTlsMode::kNone;
  // Of Caddy, 2.6 or newer. It takes 0.1 CPU and 0.2 GB of the environment's own sizes.
  std::string image =
      "caddy:2-alpine@sha256:5f5c8640aae01df9654968d946d8f1a56c497f1dd5c5cda4cf95ab7c14d58648";
  std::string email{};  // whom the certificate authority may write to; may be empty
  // URL of the ACME directory; empty: Caddy's choice, Let's Encrypt. "internal": an authority of the
  // container's own, which no browser trusts, and whose certificates are not verified here. For tests.
  std::string directory{};
  std::string certificate_file{};  // PEM: the chain, the workspaces' certificate first; for kCertificate
  std::string key_file{};          // PEM: its private key
  std::string certificate{};       // the same as text, read by finalize() when the file is named
  Secret key{};
  // The host name in the link, with {id} in the place of the environment's id: "{id}.dev.example.com". DNS
  // has to lead it to the workspace. For kCertificate: the certificate must be valid for it.
  std::string host_template{};
  // In the place of the two files: the same texts as secrets in a vault, https://VAULT/secrets/NAME, which
  // VaultOptions::identity reads. This library never sees them, so it cannot check that they fit.
  std::string certificate_uri{};
  std::string key_uri{};
};

// A variable of every workspace whose value is a secret in Azure Key Vault.
struct VaultVariable {
  // [A-Za-z_][A-Za-z0-9_]*, at most 63 characters, none of the library's own. One of EnvironmentSecrets, such
  // as GITHUB_TOKEN, is for environments whose maker gives none; the password of code-server is not possible.
  std::string name{};
  std::string uri{};  // https://VAULT/secrets/NAME, or with /VERSION; without one the current version counts

  bool operator==(const VaultVariable&) const = default;
};

// What workspaces get from Azure Key Vault. Azure reads the secrets when it deploys a container; this library
// knows their URIs alone. Environments get a change with their next deployment.
struct VaultOptions {
  // Makers of environments may not set variables of these names, but for those of EnvironmentSecrets.
  std::vector<VaultVariable> variables{};
  // ARM id of the user-assigned identity that reads the secrets, here and in WorkspaceTlsOptions. It needs
  // the role "Key Vault Secrets User".
  std::string identity{};
};

// Where Azure is. URLs are https://; http:// is accepted for loopback addresses only.
struct EndpointOptions {
  std::string resource_manager = "https://management.azure.com";
  std::string file = "https://{account}.file.core.windows.net";  // {account} is replaced
  std::string ca_file{};                                         // extra CA bundle, PEM
};

// How failed calls to Azure are repeated.
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

// The largest sizes that the maker of an environment may ask for. Larger environments that are there already
// keep their sizes.
struct SizeLimits {
  int cpu_cores = 4;     // 1-4
  int memory_gb = 16;    // 2-16
  int storage_gb = 100;  // 10-100
};

// What a program may set. Members left alone keep the defaults shown.
struct AgentOptions {
  std::string subscription_id{};         // a GUID; required
  std::string resource_group{};          // of container groups; required unless each region names its own
  std::string storage_account{};         // of file shares; required unless each region names its own
  Secret storage_key{};                  // base64; empty: fetched with listKeys
  std::string default_region{};          // empty: a create must name its region
  std::vector<RegionOptions> regions{};  // empty: the default region alone, which is then "eastus" unless set
  StorageAccessOptions storage_access{};

  // What a workspace's container is made of.
  std::string image = "vaibhavsing/dev8-workspace:latest";
  // Others that the maker of an environment may name (EnvironmentSpec::image), of at most 256 characters.
  std::vector<std::string> images{};
  RegistryOptions registry{};
  RestartPolicy restart_policy = RestartPolicy::kOnFailure;
  WorkspaceLayout workspace_layout = WorkspaceLayout::kHome;  // environments keep that of their create
  // With kHttp the agent must be able to reach the workspaces' addresses.
  WorkspaceReady workspace_ready = WorkspaceReady::kAzure;
  std::string agent_base_url{};  // where workspaces report activity
  // ARM id of the subnet in which containers get a private address, and links name that address; the subnet
  // is delegated to Microsoft.ContainerInstance, and all enabled regions are at its location. Empty: public
  // addresses with DNS names.
  std::string subnet_id{};
  DnsLabelScope dns_label_scope = DnsLabelScope::kUnsecure;
  WorkspaceTlsOptions workspace_tls{};
  bool expose_supervisor = false;       // open port 9000 and return supervisorUrl
  std::vector<Secret> activity_keys{};  // the first makes per-workspace tokens; each checks them
  // Signs operation ids, so that each process with it can read them; empty: a random one of this process.
  Secret operation_secret{};

  // How Azure is reached.
  EndpointOptions endpoints{};
  // Of Microsoft.ContainerInstance; empty: the oldest that has what is asked for, 2025-09-01 or, to mount by
  // identity, 2026-07-01.
  std::string aci_api_version{};
  CredentialOptions identity{};
  std::shared_ptr<TokenCredential> credential{};  // null: make_default_credential(identity)

  // Deadline of a create or start whose CallOptions name none, 1 s to 1 day; Azure gives up at 30 minutes.
  std::chrono::seconds operation_timeout{2100};
  std::chrono::seconds rollback_timeout{300};  // deadline of a roll-back, which begins after the call's own
  RetryOptions retry{};
  PollingOptions polling{};

  // Environments that run without activity for this long are stopped (docs/design.md, "Idle stop"); 0: never,
  // else 10 s to a year. Every agent of the subscription should have the same value.
  std::chrono::seconds idle_stop_after{0};
  // The longest window that the maker of an environment may choose (EnvironmentSpec::idle_stop_minutes); then
  // none may choose "never". 0: no limit; else at least idle_stop_after and a minute.
  std::chrono::seconds idle_stop_longest{0};

  // Seams and hooks. Null: libcurl, its loop thread, the system's CSPRNG, no log. A transport must belong to
  // the scheduler. `random_bytes` and `logger` are called on the loop thread and must not throw.
  std::shared_ptr<Transport> transport{};
  std::shared_ptr<Scheduler> scheduler{};
  std::function<std::string(std::size_t)> random_bytes{};
  Logger logger{};
  std::shared_ptr<Observer> observer{};  // reports for metrics and traces; null: none
  // Who sends the requests: what the User-Agent header begins with, before "libdev8agent/VERSION". At most 24
  // letters, digits and -_./ (source: the Azure SDKs' design guidelines, "application id"); empty: nothing.
  std::string application_id{};
  VaultOptions vault{};
  SizeLimits size_limits{};
  // options_from_variables() sets kVariables: whoever set the variable is told its name.
  OptionNames names_in_errors = OptionNames::kMembers;
};

// Finalised configuration: immutable, cheap to copy, safe from any thread.
class DEV8AGENT_EXPORT AgentSettings {
 public:
  // Each gives the options, with every default set.
  const AgentOptions& operator*() const { return *options_; }
  const AgentOptions* operator->() const { return options_.get(); }
  // The enabled region called `name` (case and spaces ignored), or null.
  const RegionOptions* region(std::string_view name) const;

 private:
  friend DEV8AGENT_EXPORT Result<AgentSettings> finalize(AgentOptions options);
  explicit AgentSettings(std::shared_ptr<const AgentOptions> options) : options_(std::move(options)) {}
  std::shared_ptr<const AgentOptions> options_{};
};

// Sets defaults and checks every rule. kInvalidRequest lists every broken one; its fields are members, such
// as "options.regions[1].storage_account", or their variables (AgentOptions::names_in_errors). A member that
// no variable sets goes by its own name always. Reads the files that the options name; makes no thread.
DEV8AGENT_EXPORT Result<AgentSettings> finalize(AgentOptions options);

// Variables by name. docs/configuration.md lists those that the library reads.
using Variables = std::map<std::string, std::string>;

// The environment variables of this process that are not empty. Not while another thread changes them.
DEV8AGENT_EXPORT Variables environment_variables();

// Reads the library's variables (AZURE_*, CONTAINER_IMAGE, REGISTRY_* ...); others are ignored, and an empty
// one counts as not set. kInvalidRequest names every malformed or missing one and what was expected.
DEV8AGENT_EXPORT Result<AgentOptions> options_from_variables(const Variables& variables);

// options_from_variables(environment_variables()).
DEV8AGENT_EXPORT Result<AgentOptions> options_from_environment();

// Parses the text of a `.env` file: NAME=value lines, '#' comments, optional `export`, single and double
// quotes. A malformed line is a field error that names the line.
DEV8AGENT_EXPORT Result<Variables> parse_env_file(std::string_view text);

// The effective configuration as variable and value, secrets masked as "***".
DEV8AGENT_EXPORT std::vector<std::pair<std::string, std::string>> describe(const AgentSettings& settings);

}  // namespace DEV8AGENT_ABI
}  // namespace dev8agent
