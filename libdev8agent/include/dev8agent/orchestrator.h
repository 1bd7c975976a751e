// EnvironmentOrchestrator: creates, starts, stops, finds and deletes cloud development environments, each a
// container group on Azure Container Instances with its files on an Azure Files share. The entry point for
// programs that embed the library; dev8-agentd is one of them.
//
// It is stateless: what it knows of an environment it reads from Azure. Several orchestrators may serve the
// same subscription, and after a crash the same call, repeated, ends in the same state. Every call returns at
// once with an Operation and runs on one loop thread. Members are safe from any thread. Make it after fork().
//
//   auto orchestrator = dev8agent::EnvironmentOrchestrator::from_environment();
//   if (!orchestrator.ok()) return fail(orchestrator.error());
//   auto created = orchestrator->create({.id = "workspace-0001",
//                                        .spec = {.name = "Mine", .cpu_cores = 2, .memory_gb = 4,
//                                                 .storage_gb = 20}}).get();
//   if (!created.ok()) return fail(created.error());
//   std::puts(created->environment.connection_urls.vscode_web_url.c_str());
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dev8agent/container_log.h"
#include "dev8agent/diagnosis.h"
#include "dev8agent/environment.h"
#include "dev8agent/error.h"
#include "dev8agent/event.h"
#include "dev8agent/export.h"
#include "dev8agent/operation.h"
#include "dev8agent/operation_id.h"
#include "dev8agent/operation_record.h"
#include "dev8agent/options.h"
#include "dev8agent/orphan.h"
#include "dev8agent/region.h"
#include "dev8agent/result.h"

namespace dev8agent {
inline namespace DEV8AGENT_ABI {

// Limits of one call.
struct CallOptions {
  // How long the operation may take. Zero: AgentOptions::operation_timeout for create() and start(), 15
  // minutes for stop(), restart(), remove(), adopt(), update() and sweep_orphans(), 60 s for get(), list(),
  // orphans() and diagnose(), 20 s for check_health(), regions(), storage_allowances() and
  // report_container(). A longer value than these is obeyed. An operation that runs out of time ends with
  // kTimeout; a create or start is rolled back first, which has a deadline of its own
  // (AgentOptions::rollback_timeout).
  std::chrono::milliseconds timeout{0};
  // How long the operation waits before it turns to Azure, counted from the last call that waits so, but at
  // most four times as long after its own. A program that answers many callers at once can so answer all of
  // them before the work for the first ones begins. Operations begin in the order of their calls: a call that
  // does not wait has those before it begin at once.
  std::chrono::milliseconds start_after{0};
  std::string request_id{};  // shown in log records, and to the Observer
  // From new_operation_id(). What a create or start makes then carries a mark, by which observe_operation()
  // knows it. Each id for one call.
  std::string operation_id{};
  // For programs with several users: an environment that is not this user's (EnvironmentSpec::user_id) does
  // not exist for the call, which ends with kNotFound, and nothing is changed. Empty: no restriction. It has
  // no effect on create() and list(), whose requests have a user id of their own.
  std::string only_user{};
  // The same as Operation::on_progress(), but from the first report on.
  std::function<void(const Progress&)> on_progress{};
  // What Azure gets as x-ms-client-request-id: a UUID, or the trace id of W3C Trace Context (32 hexadecimal
  // digits). Empty, or of another form: Azure gets `request_id` where that has such a form, else a new UUID.
  std::string trace_id{};
};

// The state of one thing that the orchestrator depends on.
struct HealthCheck {
  std::string name{};  // "credentials", "azure:<region>", "storage:<region>"
  bool healthy = false;
  // What is wrong. Of a healthy check: a remark on this machine's clock, or empty.
  std::string message{};
  std::optional<ErrorCode> reason{};  // what kind of failure; none when healthy
  // The finding of the failure guide that it is (dev8agent/failure_guide.h); empty when there is nothing to
  // say.
  std::string finding{};
};
// The state of all of them.
struct DEV8AGENT_EXPORT HealthReport {
  std::vector<HealthCheck> checks{};  // without a token, "credentials" is the only one
  // True when every check is.
  bool healthy() const;
};

// Which ways of using its shares a storage account allows, by its settings; roles may be missing all the
// same. Shares can always be made with Entra ID or through Azure Resource Manager (StorageAuth::kEntra,
// kArm).
struct StorageAllowance {
  std::string account{};
  // Its keys: StorageAuth::kKey, MountAuth::kKey and kKeyVault. None: not known.
  std::optional<bool> keys{};
  std::optional<bool> identity_mounts{};  // MountAuth::kIdentity. None: not known
  std::string unknown{};                  // why the two are not known; empty when they are
};

// What Azure shows of a container, in the form that the error of a failure has (dev8agent/error.h).
struct ContainerReport {
  std::vector<ErrorEvent> events{};  // Azure's last ones, oldest first, at most 5
  // The last lines that it has written, at most 20 lines and 2 KiB. Empty: it has not started, or they could
  // not be read.
  std::string log_tail{};
};

class DEV8AGENT_EXPORT EnvironmentOrchestrator {
 public:
  // An orchestrator with these settings; a scheduler and a transport that they leave out are made here.
  // kInternal: no thread or descriptor for the event loop. kInvalidRequest: the CA file can no longer be
  // read, or the settings bring a scheduler that make_default_scheduler() did not make, and no transport.
  static Result<EnvironmentOrchestrator> make(AgentSettings settings);
  // The same with the environment variables' settings. kInvalidRequest lists every bad variable.
  static Result<EnvironmentOrchestrator> from_environment();

  // Movable; calls on a moved-from orchestrator are not allowed.
  EnvironmentOrchestrator(EnvironmentOrchestrator&& other) noexcept;
  EnvironmentOrchestrator& operator=(EnvironmentOrchestrator&&) = delete;
  // Ends every operation in flight with kCancelled, where it stands and with no roll-back, as a crash would;
  // call drain() first to let them finish. Waits for the loop thread, except on the loop thread itself: there
  // it may be called from callbacks of on_done() and on_progress() only.
  ~EnvironmentOrchestrator();

  // Creates the share and the container and waits until the container runs. When the same id exists with the
  // same shape, returns it as it is (`changed` false), and waits while it is still coming up. Equal creates
  // in flight share one deployment. Errors: kInvalidRequest, kConflict (other shape or owner), kNotSupported
  // (other cloud), kQuotaExceeded, kCapacityUnavailable, kImagePullFailed, kMountFailed, kContainerFailed,
  // ... On failure, the resources that this call created are deleted. Two exceptions, both stated in
  // Error::message: the environment became running meanwhile, or the deletion failed.
  Operation<EnvironmentOutcome> create(CreateRequest request, CallOptions options = {});

  // Starts a stopped environment as it is, or redeploys it on the same share when the request brings secrets
  // or other sizes. Running already: as it is when nothing would change, else kConflict. No share: kNotFound.
  // Other errors are those of create(). A start that fails or is cancelled stops what it started where Azure
  // allows it; an environment that is running by then is kept, and Error::message says so.
  Operation<EnvironmentOutcome> start(StartRequest request, CallOptions options = {});

  // Releases the compute and keeps files and definition. Stopped already: success. Nothing there: kNotFound.
  // Started again by another caller meanwhile: kConflict. Waits for the container of an unfinished create of
  // another process, at most 5 minutes after that create began.
  Operation<Environment> stop(StopRequest request, CallOptions options = {});

  // Restarts a running container in place and waits until it is ready again. Nothing there: kNotFound. Not
  // running: kConflict. The container fails when it starts again: kContainerFailed; nothing is rolled back.
  Operation<Environment> restart(RestartRequest request, CallOptions options = {});

  // Deletes container and files; succeeds only when Azure shows neither. Running and not `force`: kConflict.
  // Nothing there: kNotFound. Allowed in every other state; a repeat finishes what an earlier call began.
  // With `force`, a create or start of the same id that this process has in flight in the region is ended
  // with kCancelled first. The result says until when restore() can bring the files back; Azure is asked for
  // that once an hour in each storage account. With `snapshot` the files are kept in any case
  // (Deletion::kept); a remove() without it removes kept files, too.
  Operation<Deletion> remove(DeleteRequest request, CallOptions options = {});

  // Brings back the files that a delete has kept, or else those that were deleted last under this id. The
  // environment is stopped then; start() deploys its container, with secrets that the request brings. No such
  // files: kNotFound. The environment
  // exists: kConflict.
  Operation<Environment> restore(RestoreRequest request, CallOptions options = {});

  // Marks a container group and its share as an environment of this agent: tags of the group, metadata of the
  // share, and nothing else; what runs goes on. kNotFound: no such group or share. kConflict: somebody else's
  // mark, another owner, an operation under way, or what is no environment: the message names each thing that
  // does not fit. An environment of an agent's: as it is, if it has that owner. Its secrets stay in the
  // container; a start that deploys it again needs them.
  Operation<Environment> adopt(AdoptRequest request, CallOptions options = {});

  // Changes name, base image, labels and idle stop in the share's metadata and the group's tags, and nothing
  // else: what runs goes on. All there as asked: success, and nothing is written. Nothing there: kNotFound.
  // Being deleted, without the container of an unfinished create, without its files, or not this agent's:
  // kConflict. An error may leave a part of it stored; the same update, repeated, ends it.
  Operation<Environment> update(UpdateRequest request, CallOptions options = {});

  // One environment as Azure shows it now. Nothing there: kNotFound. While its deleted files can be restored,
  // Error::fields holds "restorableUntil" with the time; of files that a delete has kept, their place.
  Operation<Environment> get(GetRequest request, CallOptions options = {});

  // One page of the environments of all enabled regions, ordered by creation time, newest first, then id.
  Operation<EnvironmentPage> list(ListRequest request, CallOptions options = {});

  // Notes that a workspace is used, for the idle stop (AgentOptions::idle_stop_after). It may be kept in this
  // process for up to a quarter of the window before it is written to Azure. Nothing to do without an idle
  // stop, and for what is not there or does not run: success.
  Operation<Done> report_activity(ActivityReport report, CallOptions options = {});

  // Every region of the settings, in their order, with the quota and its use, at most 60 s old. Equal
  // questions of Azure are asked once. A region that Azure tells nothing of is kUnknown, which is no error. A
  // create refuses a region that is full before it makes anything there.
  Operation<std::vector<Region>> regions(CallOptions options = {});

  // What carries this agent's mark in Azure and belongs to no whole environment: shares without a container
  // group, container groups without a share, and those that have failed; without what an operation may be at.
  // Reads every container group once.
  Operation<std::vector<Orphan>> orphans(OrphansRequest request = {}, CallOptions options = {});
  // Removes orphans, or says which it would (`dry_run`, the default). A share that holds files is kept, with
  // its group, unless `include_files` says otherwise. One that cannot be removed says why; the others go on.
  Operation<std::vector<Orphan>> sweep_orphans(SweepRequest request = {}, CallOptions options = {});

  // What has happened to an environment, as far as Azure shows it. Nothing there: kNotFound.
  Operation<EventPage> events(EventsRequest request, CallOptions options = {});
  // Calls `on_change` on the loop thread with what there is, and again with all that there is whenever
  // something has changed, until the environment is gone (success, after a page that says so) or the
  // operation is cancelled. Nothing there, and no create of this process under way: kNotFound. An Azure that
  // fails for a while does not end it. Reads each environment once for all who watch it, within the budget of
  // AgentOptions::polling. Has no time limit of its own, and drain() does not wait for it.
  Operation<Done> watch_events(EventsRequest request, std::function<void(const EventPage&)> on_change,
                               CallOptions options = {});

  // Calls `on_list` on the loop thread with the environments of all enabled regions, at once and then every
  // 10 s, until the operation is cancelled. Costs two reads for each region each time, within the budget of
  // AgentOptions::polling. An Azure that fails for a while does not end it. Neither a time limit nor drain()
  // as in watch_events().
  Operation<Done> watch_environments(std::function<void(const std::vector<ListedEnvironment>&)> on_list,
                                     CallOptions options = {});

  // The last lines of a container's log. Nothing there, or no container of that name: kNotFound. A container
  // that has not started: kConflict.
  Operation<ContainerLog> logs(LogsRequest request, CallOptions options = {});
  // Calls `on_text` on the loop thread with the last lines, and again with whole lines that are added, looked
  // for every 2 s, until the container has ended (success) or the operation is cancelled. Errors as logs().
  // Neither a time limit nor drain() as in watch_events().
  Operation<Done> follow_logs(LogsRequest request, std::function<void(std::string_view)> on_text,
                              CallOptions options = {});

  // What an operation that takes long may be waiting for: the last events of its environment's container, and
  // the last lines that it has written. The secrets of a create or start of this process that is under way
  // are taken out, and what looks like a credential. Takes a read of each region that may have it, and one
  // of the log, of the budget for events and logs (AgentOptions::polling): of many at once, most run out of
  // time. A log that cannot be read within the timeout is left out, and is no error. Nothing there:
  // kNotFound. drain() does not wait for it.
  Operation<ContainerReport> report_container(GetRequest request, CallOptions options = {});

  // Asks each dependency once: a token, then each region's resource manager and storage account.
  Operation<HealthReport> check_health(CallOptions options = {});
  // Asks Azure Resource Manager for the settings of each storage account, which takes the right
  // Microsoft.Storage/storageAccounts/read. It succeeds without it, too: StorageAllowance::unknown.
  Operation<std::vector<StorageAllowance>> storage_allowances(CallOptions options = {});

  // Tries what the agent uses in Azure, and changes nothing unless the request says so: the credential, each
  // permission that can be tried, the registration of the providers, storage and its settings, each region's
  // quota, clock, images. What Azure refuses or does not answer is in the diagnosis; an error only when the
  // call is cancelled or out of time. About 25 requests for the first region, up to 20 for each more.
  Operation<Diagnosis> diagnose(DiagnoseRequest request = {}, CallOptions options = {});

  // A signed id for an operation that is about to be called with this request. Ids are good for every process
  // with the same AgentOptions::operation_secret.
  std::string new_operation_id(const CreateRequest& request) const;
  std::string new_operation_id(const StartRequest& request) const;
  std::string new_operation_id(const StopRequest& request) const;
  std::string new_operation_id(const DeleteRequest& request) const;
  // The record of such an operation, with a new id: what begin_record() makes of it and of what it says.
  OperationRecord new_operation(const CreateRequest& request) const;
  OperationRecord new_operation(const StartRequest& request) const;
  OperationRecord new_operation(const StopRequest& request) const;
  OperationRecord new_operation(const DeleteRequest& request) const;
  // What an id says. kNotFound: it was made with another secret, or by nobody.
  Result<OperationId> read_operation_id(std::string_view id) const;

  // How an operation of another process stands, from what Azure shows: kSucceeded or kFailed when the state
  // decides it, kRunning at most until its time and that of a roll-back are over, else kInterrupted. Looks
  // again every 5 s until the operation has ended, `enough` returns true (loop thread; may be null), or
  // `patience` is over. kNotFound as in read_operation_id(); else the error of the look.
  Operation<OperationRecord> observe_operation(std::string_view id,
                                               std::function<bool(const OperationRecord&)> enough = nullptr,
                                               std::chrono::milliseconds patience = {},
                                               CallOptions options = {});

  // Refuses new operations with kCancelled from now on, and waits at most `timeout` for those in flight and
  // their on_done() callbacks, checks of health excepted; true when none is left. Not on the loop thread,
  // where only zero is allowed: the program ends with a message (std::abort) where it would have to wait.
  bool drain(std::chrono::milliseconds timeout);

  // The token that the supervisor of workspace `id` presents: an HMAC under the first activity key; empty
  // when there is no key.
  Secret activity_token(std::string_view id) const;
  // True when `token` is that of `id` under any activity key. Constant time for each key.
  bool check_activity_token(std::string_view id, std::string_view token) const;

  // Valid while this object lives.
  const AgentSettings& settings() const;

 private:
  struct Impl;
  explicit EnvironmentOrchestrator(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

}  // namespace DEV8AGENT_ABI
}  // namespace dev8agent
