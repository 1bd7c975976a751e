// An emulator of the Azure that environments need: Entra tokens, ARM container groups with their long-running
// operations, usages, listKeys, and Azure Files. An independent reading of Azure's public description: it
// refuses what Azure refuses (signatures, api-version, required properties, overlapping operations) with
// Azure's codes, headers and bodies. Component dev8agent::emulator. Two ways in: a memory transport on any
// Scheduler (virtual time in tests) and a loopback HTTP(S) server that official Azure clients can talk to.
//
//   auto scheduler = std::make_shared<dev8agent::emulator::VirtualScheduler>();
//   dev8agent::emulator::Emulator azure({}, scheduler);
//   options.scheduler = scheduler;
//   options.transport = azure.make_transport();
//   auto orchestrator = dev8agent::EnvironmentOrchestrator::make(*dev8agent::finalize(std::move(options)));
//   auto created = orchestrator->create(std::move(request));
//   scheduler->run_until([&] { return created.done(); });  // half a minute of Azure, at once
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dev8agent/container_runtime.h"
#include "dev8agent/export.h"
#include "dev8agent/result.h"
#include "dev8agent/scheduler.h"
#include "dev8agent/transport.h"

namespace dev8agent::emulator {
inline namespace DEV8AGENT_ABI {

// A scheduler without a thread: time stands still while work runs and jumps to the next timer when none is
// left. Not thread-safe: everything that uses it lives on one thread.
class DEV8AGENT_EXPORT VirtualScheduler final : public Scheduler {
 public:
  VirtualScheduler();
  ~VirtualScheduler() override;
  TimePoint now() const override;
  WallTime wall_now() const override;  // starts at 2026-01-15T08:30:00Z and moves with now()
  void post(Work work) override;
  TimerId call_at(TimePoint due, Work work) override;
  void cancel(TimerId id) override;
  bool on_loop_thread() const override { return true; }

  // Runs the next piece of work, moving the clock to its time when it is a timer; false when nothing is left.
  bool run_one();
  // Runs until `done()` holds, and returns true; false when work ran out before.
  bool run_until(const std::function<bool()>& done);
  // Runs everything due within `span` and leaves the clock at now() + span.
  void advance(std::chrono::nanoseconds span);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// A storage account of the subscription, for file shares.
struct StorageAccount {
  std::string name{};
  std::string resource_group{};
  std::string key1{};  // base64
  std::string key2{};  // base64
  // False: requests signed with a key answer 403 KeyBasedAuthenticationNotPermitted, and a group that mounts
  // with a key 403 CannotAccessStorageAccount. listKeys still shows the keys, as in Azure.
  bool shared_key_access = true;
  // True: groups may mount shares of the account as a managed identity ("isSmbOAuthEnabled").
  bool smb_oauth = false;
  // How long deleted shares can be restored ("soft delete"); 0: not at all. With it the name of a deleted
  // share is free at once, and EmulatorOptions::share_deletion_time does not count.
  int retention_days = 0;
};

// A user-assigned identity that groups may have.
struct ManagedIdentity {
  std::string id{};          // of ARM: "/subscriptions/.../userAssignedIdentities/NAME"
  std::string client_id{};   // a GUID
  bool reads_vaults = true;  // it has the role Key Vault Secrets User
};

// What there is in the emulated subscription, and how long Azure takes for what.
struct EmulatorOptions {
  std::string tenant_id = "11111111-1111-4111-8111-111111111111";
  std::string client_id = "22222222-2222-4222-8222-222222222222";
  std::string client_secret = "emulator-client-secret";
  std::string subscription_id = "33333333-3333-4333-8333-333333333333";
  std::vector<std::string> resource_groups = {"dev8-emulator"};
  std::vector<std::string> locations = {"eastus", "westeurope", "centralindia"};
  std::vector<StorageAccount> storage_accounts{};  // empty: one "dev8emulator" in the first resource group
  std::vector<ManagedIdentity> identities{};       // others are unknown to the subscription
  // Value by URI, as the references of groups name it. A group whose variable or file refers to another one,
  // or as an identity that reads no vaults, is refused; a mount with such a key fails.
  std::map<std::string, std::string> vault_secrets{};
  // Actions of Azure's roles that every caller lacks, such as
  // "Microsoft.ContainerInstance/containerGroups/write": Azure Resource Manager answers 403
  // AuthorizationFailed where one is needed.
  std::vector<std::string> denied_actions{};
  std::vector<std::string>
      unregistered_providers{};  // "Microsoft.ContainerInstance": its requests answer 409

  std::chrono::milliseconds provisioning_time{30000};  // PUT accepted to container running
  std::chrono::milliseconds start_time{20000};         // start accepted to container running
  std::chrono::milliseconds restart_time{10000};       // restart accepted to container running
  // Container running to its web server answering. Through a memory transport, a GET of the group's public
  // name and port ("http://ws-1.eastus.azurecontainer.io:8080/") gets 200, before that a cut connection. Not
  // with `runtime`.
  std::chrono::milliseconds ide_time{0};
  // Container running to a certificate for the group's public name, where port 443 is open: before that a
  // GET of "https://ws-1.eastus.azurecontainer.io/" finds a cut connection.
  std::chrono::milliseconds certificate_time{0};
  std::chrono::milliseconds provisioning_timeout{1800000};  // when a group that cannot come up ends as Failed
  std::chrono::milliseconds transition_after_delete{0};     // how long a deleted group's name stays busy
  std::chrono::milliseconds share_deletion_time{30000};  // how long a deleted share answers ShareBeingDeleted
  std::chrono::milliseconds latency{20};                 // of the memory transport, each way together
  std::chrono::seconds token_lifetime{3599};

  int group_quota = 100;  // StandardContainerGroups per location
  int core_quota = 100;   // StandardCores per location
  int creates_per_5_minutes = 100;
  int creates_per_hour = 300;       // deletes have the same two budgets
  int list_page_size = 20;          // container groups per page
  bool long_operation_urls = true;  // operation URLs of about 4 KB, as Azure signs them
  std::chrono::milliseconds remembered_past{
      0};  // how far back Fault::kStaleRead reaches; each write costs two reads
  bool update_stopped_groups =
      true;  // false: PUT with other values over a stopped group is refused (delete first)
  // Runs the containers of groups that come up, and keeps the files of shares; null: nothing runs, and files
  // are kept in memory. With it the emulator's scheduler must tell the machine's time, write_log() has no
  // effect, and the address of a group is also its DNS name, because only that leads to it.
  std::shared_ptr<ContainerRuntime> runtime{};
  // True: the PUT of a share that exists changes it. False: it leaves it as it is. Through Azure Resource
  // Manager alone, whose description does not say which. The answer is 200 in both.
  bool update_shares_by_put = false;
  // Those of `locations` that have no availability zones: a group that names one is refused there.
  std::vector<std::string> locations_without_zones{};
  // How long after the emulator was made the role assignments do not count yet, as Azure takes some minutes
  // for new ones: tokens on Azure Files answer 403 AuthorizationPermissionMismatch, an image of a registry
  // that an identity pulls from 400 InaccessibleImage, and what an identity reads in a vault 400
  // InaccessibleSecretReference. A group that mounts as an identity, or with a key from a vault, waits with
  // FailedMountAzureFileVolume and comes up when they count.
  std::chrono::milliseconds role_delay{0};
};

// How a PUT or start in a location, or of an image, turns out.
enum class Deployment {
  kWorks,
  kNoCapacitySync,     // 409 ServiceUnavailable
  kNoCapacityAsync,    // accepted; the operation ends Failed with event "InsufficientCapacity."
  kImageInaccessible,  // 400 InaccessibleImage
  kImageRateLimited,   // 409 RegistryErrorResponse
  kImagePullBackOff,   // accepted; the container waits with Failed and BackOff events
  kCrashLoop,          // operation Succeeded; the container terminates again and again
  kMountFails,         // accepted; the group stays Pending with FailedMountAzureFileVolume
  kNeverReady,         // accepted; stays Pending until the provisioning timeout
  kPolicyRefused,      // 403 RequestDisallowedByPolicy
  kDnsLabelTaken,      // 409 DnsNameLabelAlreadyTaken
};

// What happens to one request on its way. The status kinds answer without reaching the state.
struct Fault {
  // What it does to the request.
  enum Kind {
    kNone,
    kRefuseConnection,  // no effect; transport failure, request not sent
    kLoseBefore,        // no effect; the connection is cut
    kLoseAfter,         // takes effect; the answer is lost
    kHang,              // no effect; silence until the deadline
    kHangAfter,         // takes effect; silence until the deadline
    kStatus,            // no effect; `status` with `code` in the service's error format
    kTruncatedBody,     // takes effect; the body ends half-way
    kMalformedBody,     // takes effect; the body is not JSON or XML
    kWrongContentType,  // takes effect; an HTML page with status 200 in place of the answer
    kEmptyBody,         // takes effect; the answer's status is 200 and its body empty
    kStaleRead,         // a read of a container group or their list shows the past, up to `age` ago
  };
  Kind kind = kNone;
  int status = 0;
  std::string code{};
  std::string retry_after{};         // header value: seconds or an HTTP-date; empty: no header
  std::chrono::milliseconds age{0};  // of kStaleRead; at most EmulatorOptions::remembered_past
};

// Asked before each request of a memory transport or server; `index` counts requests from 0.
using FaultScript = std::function<Fault(const HttpRequest& request, std::uint64_t index)>;

// A fault script from a text, for files. A line is METHOD PATTERN WHEN FAULT, or empty, or a comment that
// begins with '#':
//
//   PUT   */containerGroups/*  1      lose-after
//   GET   *                    5%     status 503 ServiceUnavailable retry-after=2
//   *     *.file.*             3-7    hang
//
// METHOD and PATTERN may be "*"; a pattern is compared with the whole URL, and '*' stands for any text. WHEN
// counts the requests that fit the line, from 1: one number, a range, "every", or a percentage, which falls
// on the same ones in every run. FAULT is the word of a Fault::Kind: refuse-connection, lose-before,
// lose-after, hang, hang-after, truncated-body, malformed-body, wrong-content-type, empty-body, "stale-read
// SECONDS", or "status STATUS [CODE] [retry-after=VALUE]". Of several lines that fit, the first one decides.
// kInvalidRequest names each bad line. The script may be used by one emulator.
DEV8AGENT_EXPORT Result<FaultScript> parse_fault_script(std::string_view text);

// One request as the emulator saw it. `operation` is the specification's name:
// "ContainerGroups_CreateOrUpdate", "ContainerGroups_Get", "ContainerGroups_List", "ContainerGroups_Update",
// "ContainerGroups_Delete", "ContainerGroups_Start", "ContainerGroups_Stop", "ContainerGroups_Restart",
// "Containers_ListLogs", "Location_ListUsage", "Operations_Get", "StorageAccounts_ListKeys", "Share_Create",
// "Share_GetProperties", "Share_Delete", "Share_SetMetadata", "Share_SetProperties", "Shares_List",
// "Share_Restore", "Share_CreateSnapshot", "Share_AcquireLease", "FileShares_Create" (through Azure Resource
// Manager, as "FileShares_Get", "FileShares_Update", "FileShares_Delete", "FileShares_List",
// "FileShares_Restore", "FileShares_Lease"), "Directory_Create",
// "Tags_UpdateAtScope", "Token", "Workspace_Visit" (a request to a group's public name),
// ...
struct Call {
  std::string operation{};
  std::string resource{};  // group or share name, "" where there is none
  int status = 0;          // 0: no answer reached the caller
  TimePoint at{};
};

// A container group as it is.
struct GroupView {
  std::string name{};
  std::string resource_group{};
  std::string location{};
  std::string provisioning_state{};  // as GET shows it
  std::string state{};               // instanceView.state
  std::string container_state{};     // its first container's: Waiting, Running, Terminated
  int restarts = 0;                  // of that container, by itself
  std::string share{};
  std::string storage_account{};
  std::string image{};
  double cpu = 0;
  double memory_gb = 0;
  std::map<std::string, std::string> tags{};
  std::map<std::string, std::string> variables{};         // plain
  std::map<std::string, std::string> secure_variables{};  // write-only for clients, visible here
  std::uint64_t incarnation = 0;                          // unique per creation of the name
  int deployments = 0;  // how often its containers were (re)started, the first time included
};

// A file share as it is.
struct ShareView {
  std::string name{};
  std::string storage_account{};
  int quota_gib = 0;
  std::map<std::string, std::string> metadata{};
  std::uint64_t incarnation = 0;  // unique per creation of the name: the user's files live and die with it
  bool being_deleted = false;
};

// The emulated Azure. Thread-safe. State changes with the scheduler's clock and is worked out when looked at.
class DEV8AGENT_EXPORT Emulator {
 public:
  // What it does, it does at the times of `scheduler`.
  Emulator(EmulatorOptions options, std::shared_ptr<Scheduler> scheduler);
  ~Emulator();
  Emulator(const Emulator&) = delete;
  Emulator& operator=(const Emulator&) = delete;

  // As they were given.
  const EmulatorOptions& options() const;

  // Answers one request now, faults included only through the transports. The service is chosen by the URL's
  // host: management.azure.com, login.microsoftonline.com, {account}.file.core.windows.net, 169.254.169.254;
  // the public name of a container group leads to its container. Nothing listens there: 502.
  HttpResponse handle(const HttpRequest& request);

  // A transport into this emulator that runs on the scheduler: each request takes `latency`. Several may
  // exist. The emulator must outlive it.
  std::shared_ptr<Transport> make_transport();

  void set_fault_script(FaultScript script);  // null: none

  // Each sets how deployments turn out from now on. An empty name means every location or image.
  void set_location(std::string_view location, Deployment outcome);
  void set_image(std::string_view image, Deployment outcome);
  // In the place of EmulatorOptions::core_quota, from now on. An empty name: where none of its own is set.
  void set_core_quota(std::string_view location, int cores);
  // In the place of EmulatorOptions::provisioning_time, for deployments that are accepted from now on. At
  // least 0.
  void set_provisioning_time(std::chrono::milliseconds time);
  void reject_credentials(bool rejected);  // token requests answer 401 AADSTS7000215
  // From now on client assertions must be signed (RS256 or PS256) with the key of this PEM certificate or
  // public key, or answer 401 AADSTS700027. False when the PEM holds neither. Before: signatures are not
  // checked.
  bool register_certificate(std::string_view pem);
  // From now on federated client assertions must come from this issuer for this subject. Before: from any.
  void register_federation(std::string issuer, std::string subject);
  void expire_tokens();  // tokens given so far answer 401 ExpiredAuthenticationToken
  // From now on the account has these keys, and the old ones are refused.
  void rotate_storage_key(std::string_view account, std::string new_key1, std::string new_key2);
  // Has the container of the group of this name write `text` to its log; false when none has started there.
  bool write_log(std::string_view group, std::string_view text);
  void forget_operations();  // operation URLs given so far answer 404

  // Each gives a part of the state, as an all-seeing observer has it; calls() has them in their order.
  std::vector<GroupView> groups() const;
  std::vector<ShareView> shares() const;
  std::vector<Call> calls() const;
  // groups(), shares(), the number of calls by operation and of faults that the script has sent by their word
  // in parse_fault_script(), as JSON, without the values of secure variables.
  std::string state_json() const;
  // calls() begins anew.
  void clear_calls();
  // For long runs: false stops recording calls. state_json() goes on counting them.
  void record_calls(bool recorded);

 private:
  friend class EmulatorServer;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Loopback ports; 0 takes a free one.
struct ServerOptions {
  int resource_manager_port = 0;
  int authority_port = 0;
  int file_port = 0;
  int imds_port = 0;
  // True: HTTPS with a certificate for 127.0.0.1 and localhost from a CA made at start (official clients send
  // tokens over TLS only); ca_certificate() is that CA.
  bool tls = false;
};

// Serves an emulator over HTTP on 127.0.0.1 until destroyed. Endpoints are ready for the daemon's variables.
class DEV8AGENT_EXPORT EmulatorServer {
 public:
  // Listens from now on; `emulator` must outlive it. kInvalidRequest: a port is taken, or there can be no
  // certificate for TLS.
  static Result<std::unique_ptr<EmulatorServer>> start(Emulator& emulator, ServerOptions options);
  ~EmulatorServer();

  std::string resource_manager_endpoint() const;  // http://127.0.0.1:PORT
  std::string authority_endpoint() const;         // in the place of https://login.microsoftonline.com
  std::string file_endpoint() const;              // http://127.0.0.1:PORT/{account}, the braces included
  std::string imds_endpoint() const;              // in the place of http://169.254.169.254
  // Where GET answers with Emulator::state_json(): a path that Azure does not have.
  std::string state_url() const;
  std::string ca_certificate() const;  // PEM; empty without TLS

 private:
  struct Impl;
  explicit EmulatorServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace DEV8AGENT_ABI
}  // namespace dev8agent::emulator
