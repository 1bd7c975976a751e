// Plain structs: environments, and the requests about them. Programs fill requests in and pass them to the
// orchestrator, which checks every rule (ranges, formats) and reports all broken ones at once. Structs
// without secrets are regular values; those with secrets are moved, or copied on purpose with copy(). Any
// thread.
//
// An environment is one container group on Azure Container Instances with its files on one Azure Files share.
// Both are named after its id, and what must be known about it later is kept with them in Azure.
//
//   auto created = orchestrator.create(
//       {.id = "workspace-0001",
//        .spec = {.name = "Mine", .cpu_cores = 2, .memory_gb = 4, .storage_gb = 20}});
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dev8agent/export.h"
#include "dev8agent/scheduler.h"
#include "dev8agent/secret.h"

namespace dev8agent {
inline namespace DEV8AGENT_ABI {

// What an environment does now, as Azure shows it. kCreating, kStarting, kStopping and kDeleting are
// transitions: Azure or an operation is at work on it. kStopped: the files are there, and no compute is
// billed. kError: the container failed, or its share is missing; Environment::status_detail says which.
enum class EnvironmentStatus { kCreating, kStarting, kRunning, kStopping, kStopped, kError, kDeleting };

// The upper-case word of the REST contract, such as "RUNNING".
DEV8AGENT_EXPORT std::string_view to_string(EnvironmentStatus status);
// The status of such a word; none for any other text.
DEV8AGENT_EXPORT std::optional<EnvironmentStatus> parse_status(std::string_view word);

// Where environments run. kAws and kGcp are names of the REST contract that end with kNotSupported.
enum class CloudProvider { kAzure, kAws, kGcp };

// The upper-case word of the REST contract, such as "AZURE".
DEV8AGENT_EXPORT std::string_view to_string(CloudProvider provider);
// The provider of such a word; none for any other text.
DEV8AGENT_EXPORT std::optional<CloudProvider> parse_cloud_provider(std::string_view word);

// Text by name, such as variables or labels.
using NamedTexts = std::map<std::string, std::string>;

// The optional values of one workspace; empty means not set. Each reaches the container as a `secureValue`:
// Azure keeps it and never returns it. At most 8192 bytes of UTF-8 without control characters each.
struct DEV8AGENT_EXPORT EnvironmentSecrets {
  Secret github_token{};
  Secret git_user_name{};
  Secret git_user_email{};
  Secret ssh_public_key{};
  Secret code_server_password{};  // empty: the orchestrator makes one
  Secret anthropic_api_key{};
  Secret openai_api_key{};
  Secret gemini_api_key{};
  // More of them under names of one's own: at most 50, with the rules of EnvironmentSpec's variables.
  std::map<std::string, Secret> variables{};

  // True when at least one is set.
  bool any() const;
  // A second copy of all, made on purpose.
  EnvironmentSecrets copy() const;
};

// What the maker of an environment chooses. It is kept in Azure with the environment, readable for everybody
// who may read the container group or the share: no place for secrets.
struct EnvironmentSpec {
  std::string user_id = "default-user";  // the owner: 1-128 of A-Z a-z 0-9 . _ @ + : | = / -
  std::string name{};                    // 1-100 characters, shown to people
  int cpu_cores = 0;                     // 1-4; AgentOptions::size_limits may allow less
  int memory_gb = 0;                     // 2-16, the same
  int storage_gb = 0;                    // 10-100, the same
  std::string base_image = "node";       // kept and shown; `image` is the container's
  // Stopped after so many minutes without use, within AgentOptions::idle_stop_longest. 0: never; nothing:
  // AgentOptions::idle_stop_after.
  std::optional<int> idle_stop_minutes{};
  // What the container is made of: AgentOptions::image or one of AgentOptions::images. Nothing, and naming
  // AgentOptions::image, mean that option as it is at each deployment.
  std::optional<std::string> image{};
  // Variables of the container, at most 50. Names have 1-63 of A-Z a-z 0-9 _ without a digit first, and are
  // none of the agent's own; values are 1 or more characters without control characters. Together they have
  // at most 3500 bytes, percent-encoded.
  NamedTexts environment_variables{};
  // A repository for the workspace, as its variable DEV8_GIT_REPOSITORY: an https:// URL of at most 256
  // characters without user name and password.
  std::optional<std::string> git_repository{};
  // For lists and bills: at most 10, each also the tag label.NAME of the container group. Names have 1-128
  // characters without < > % & \ ? / : and comma, and differ in more than case; values 1-256 without a
  // comma. Together they have at most 1000 bytes, percent-encoded.
  NamedTexts labels{};
  // The availability zone of the region that the container runs in: "1", "2" or "3". Nothing: Azure chooses.
  // A region without zones is refused by Azure.
  std::optional<std::string> zone{};

  bool operator==(const EnvironmentSpec&) const = default;
};

// A new environment. Repeating a create with the same id is safe: it returns the environment that is there,
// if the spec (but for name, base_image and idle_stop_minutes) and the region are the same. Secrets are not
// compared.
struct DEV8AGENT_EXPORT CreateRequest {
  std::string id{};  // 10-59 characters [a-z0-9-], no hyphen at an end or doubled; empty: a UUID is made
  CloudProvider cloud_provider = CloudProvider::kAzure;
  std::string cloud_region{};  // a configured region, "auto", or empty for the default region
  std::vector<std::string> candidate_regions{};  // with "auto": try these, in this order, and no others
  EnvironmentSpec spec{};
  EnvironmentSecrets secrets{};

  // A second copy, secrets included, made on purpose.
  CreateRequest copy() const;
};

// What a start changes. What is absent stays as it is; ranges are those of EnvironmentSpec. A size above
// AgentOptions::size_limits is allowed where the environment has it already.
struct SpecChanges {
  std::optional<std::string> user_id{};  // no change: another owner than the environment's is a conflict
  std::optional<std::string> name{};
  std::optional<int> cpu_cores{};
  std::optional<int> memory_gb{};
  std::optional<int> storage_gb{};
  std::optional<std::string> base_image{};
  std::optional<int> idle_stop_minutes{};  // 0: never stopped
  std::optional<std::string> image{};
  std::optional<NamedTexts> environment_variables{};  // all of them: those that are not named go
  std::optional<std::string> git_repository{};
  std::optional<NamedTexts> labels{};  // all of them, too
  std::optional<std::string> zone{};
};

// A start of a stopped environment. Without secrets and changes of sizes, image, variables, repository or
// zone, Azure starts the container as it was; with them, or when there is no container, one is deployed on
// the same files.
struct DEV8AGENT_EXPORT StartRequest {
  std::string id{};
  std::string cloud_region{};  // empty: found among the enabled regions
  SpecChanges changes{};
  EnvironmentSecrets secrets{};  // when any is set, these replace all secrets of the container

  // A second copy, secrets included, made on purpose.
  StartRequest copy() const;
};

// A stop: the container's compute is released, the files are kept.
struct StopRequest {
  std::string id{};
  std::string cloud_region{};  // empty: found among the enabled regions
};

// A restart of a running container in place: its processes end and start again, its files stay.
struct RestartRequest {
  std::string id{};
  std::string cloud_region{};  // empty: found among the enabled regions
};

// A deletion of container and files. Where the storage account has soft delete, or where `snapshot` has kept
// the files, RestoreRequest brings them back.
struct DeleteRequest {
  std::string id{};
  std::string cloud_region{};  // empty: found among the enabled regions
  bool force = false;          // delete even while it runs
  // Delete so that RestoreRequest can bring the files back. Where the storage account has soft delete, that
  // keeps them. Else a snapshot of the share is taken before anything is deleted, and the share is kept with
  // it (Deletion::kept): a snapshot does not outlive its share. A delete without this removes both for good.
  bool snapshot = false;
};

// Files that a delete has kept, although their environment is gone. They cost storage until a delete without
// DeleteRequest::snapshot removes them.
struct KeptFiles {
  std::string storage_account{};
  std::string file_share{};  // holds the files as the container left them, and the snapshot
  std::string snapshot{};    // its time, as Azure names it: "2026-01-15T10:00:00.0000000Z"
  std::string advice{};      // how to get at them and how to remove them, for people
};

// What a delete has come to.
struct Deletion {
  // Until when RestoreRequest can bring the files back. None: Azure keeps nothing, or has not said.
  std::optional<WallTime> restorable_until{};
  // What DeleteRequest::snapshot has kept, in an account without soft delete.
  std::optional<KeptFiles> kept{};
};

// Brings back the files of a deleted environment, which is stopped then: those that DeleteRequest::snapshot
// has kept, or those that a storage account with soft delete of file shares keeps for as many days as it
// says.
struct RestoreRequest {
  std::string id{};
  std::string cloud_region{};  // empty: found among the enabled regions
};

// Takes a container group and its share into the agent's care that a person or another program has made under
// the names of an environment, "aci-<id>" and "fs-<id>", and that no agent has marked. From then on they are
// an environment like others.
struct AdoptRequest {
  std::string id{};
  std::string cloud_region{};            // empty: found among the enabled regions
  std::string user_id = "default-user";  // the owner: as EnvironmentSpec::user_id
  std::string name{};                    // as EnvironmentSpec::name; empty: the id
};

// A change of what is stored and shown of an environment, in whatever state it is. What is absent stays as it
// is. Nothing is started, stopped or deployed. It has to change something: kInvalidRequest.
//
//   auto updated = orchestrator.update({.id = "workspace-0001",
//                                       .name = "Blue",
//                                       .labels = {{"team", "blue"}, {"draft", ""}}});  // "draft" goes
struct UpdateRequest {
  std::string id{};
  std::string cloud_region{};               // empty: found among the enabled regions
  std::optional<std::string> name{};        // as EnvironmentSpec::name
  std::optional<std::string> base_image{};  // as EnvironmentSpec::base_image
  // By name: a text sets the label, an empty one removes it. The rules of EnvironmentSpec::labels hold for
  // all that the environment has then.
  NamedTexts labels{};
  bool replace_labels = false;             // labels that are not named go, too
  std::optional<int> idle_stop_minutes{};  // as EnvironmentSpec::idle_stop_minutes
  bool reset_idle_stop = false;            // the environment has none of its own; not together with a value
};

// A question for one environment.
struct GetRequest {
  std::string id{};
  std::string cloud_region{};  // empty: found among the enabled regions
};

// One page of environments that match every filter. A filter by status takes one read for each environment,
// whatever the page. `page` counts anew in each call; with `cursor`, nothing is skipped or seen twice when
// environments come and go between two pages.
struct ListRequest {
  std::string user_id{};                      // empty: of every user
  std::string cloud_region{};                 // empty: of every enabled region
  std::optional<EnvironmentStatus> status{};  // none: any status
  int page = 1;                               // 1 and up
  int page_size = 20;                         // 1-100
  NamedTexts labels{};                        // with each of these labels
  std::string cursor{};  // EnvironmentPage::next_cursor of the page before; `page` is then 1
};

// Where a running environment is reached. Empty until Azure has given it an address. The host name stays the
// same over stops and starts; the IP address behind it does not.
struct ConnectionUrls {
  std::string ssh_url{};             // ssh://
  std::string vscode_web_url{};      // http://, asks for the code-server password
  std::string vscode_desktop_url{};  // vscode://
  std::string supervisor_url{};      // only with AgentOptions::expose_supervisor

  bool operator==(const ConnectionUrls&) const = default;
};

// One environment as Azure shows it: its spec, and what follows from it. Sizes of 0 and an empty user_id are
// not known, as for resources that another tool has made or changed. `image` is always there: what the
// container is made of, or would be at its next deployment.
struct Environment : EnvironmentSpec {
  std::string id{};
  EnvironmentStatus status = EnvironmentStatus::kCreating;
  std::string status_detail{};  // why, for kError: the last event that Azure reported
  CloudProvider cloud_provider = CloudProvider::kAzure;
  std::string cloud_region{};  // the configured region's name
  std::string azure_resource_group{};
  std::string azure_container_group{};
  std::string azure_file_share{};
  std::string azure_fqdn{};  // host name; empty until Azure has given one
  ConnectionUrls connection_urls{};
  WallTime created_at{};
  WallTime updated_at{};  // when its container last started, or created_at
  // The last use that an agent has noted, which may be a few minutes ago, and while it runs when it is
  // stopped if none follows. Nothing without AgentOptions::idle_stop_after.
  std::optional<WallTime> last_activity_at{};
  std::optional<WallTime> idle_stop_at{};

  bool operator==(const Environment&) const = default;
};

// The result of a create or start.
struct DEV8AGENT_EXPORT EnvironmentOutcome {
  Environment environment{};
  bool changed = false;  // this call created or started it; false: it was there as asked
  // Set only when this call deployed the container: Azure does not return it, so nobody can read it later.
  Secret code_server_password{};

  // A second copy, the password included, made on purpose.
  EnvironmentOutcome copy() const;
};

// The result of a list. An environment that is deleted while the list is made is left out, so a page may be
// short.
struct EnvironmentPage {
  std::vector<Environment> environments{};
  int total = 0;  // of all pages
  int page = 1;
  int page_size = 20;
  std::string next_cursor{};  // for ListRequest::cursor; empty on the last page
};

// What the users of a workspace do, as its supervisor sees it. EnvironmentOrchestrator::report_activity()
// takes it.
struct ActivitySnapshot {
  std::string last_ide_activity{};  // RFC 3339, or empty
  std::string last_ssh_activity{};  // RFC 3339, or empty
  int active_ide_connections = 0;
  int active_ssh_connections = 0;
};

// A supervisor's report about its workspace.
struct ActivityReport {
  std::string environment_id{};
  ActivitySnapshot snapshot{};
  WallTime timestamp{};  // by the supervisor's clock; 1970: now
};

}  // namespace DEV8AGENT_ABI
}  // namespace dev8agent
