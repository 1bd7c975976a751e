// The flows of the orchestrator: each is a loop of "observe, decide (plan/decisions.h), carry out one step".
// Loop thread only. EnvironmentOrchestrator calls them; they are coroutines, so each reads from top to bottom
// although it waits for Azure many times.
//
// Where the parts are: flows.cpp (the loop and the views), observe.cpp, observe_operation.cpp,
// ask_workspace.cpp (questions), writes.cpp, group_writes.cpp, share_writes.cpp (writes), create.cpp,
// start.cpp, stop_delete.cpp, restart.cpp, restore.cpp, adopt.cpp, update.cpp, query.cpp, activity.cpp,
// idle.cpp, events.cpp, logs.cpp, orphans.cpp, watch_environments.cpp (one operation each), diagnostics.cpp,
// roll_back.cpp.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/signal.h"
#include "dev8agent/environment.h"
#include "dev8agent/operation.h"
#include "dev8agent/operation_record.h"
#include "dev8agent/options.h"
#include "dev8agent/orchestrator.h"
#include "orchestrator/event_watch.h"
#include "orchestrator/flow_state.h"
#include "orchestrator/idle_watch.h"
#include "orchestrator/packed_flow.h"
#include "orchestrator/recent_reads.h"
#include "orchestrator/region_quotas.h"
#include "orchestrator/shared_lists.h"
#include "orchestrator/succeeded_creates.h"
#include "orchestrator/watcher.h"
#include "plan/container_logs.h"
#include "plan/patience.h"
#include "plan/regions.h"
#include "plan/status.h"

namespace dev8agent::internal {

// All flows of one orchestrator, and what they share: the clients, the read budget, the locks by id. One flow
// at a time changes an environment; questions do not wait for it. Every frame of a flow must be destroyed
// before this object: the frames refer to it.
class Flows {
 public:
  // Sends nothing yet. `transport` must belong to `scheduler`.
  Flows(AgentSettings settings, std::shared_ptr<Scheduler> scheduler, std::shared_ptr<Transport> transport);

  // The operations, as EnvironmentOrchestrator (dev8agent/orchestrator.h) describes them with their errors.
  // Requests must have passed plan/validate.h. Each ends at the deadline of its context's call, and early
  // when that is cancelled; a create or start that fails is rolled back first, with a deadline of its own.
  // `fresh_id`: the id was made for this call, so the regions need not be searched for it.
  Task<Result<EnvironmentOutcome>> create(FlowContext context, std::shared_ptr<CreateRequest> request,
                                          bool fresh_id);
  Task<Result<EnvironmentOutcome>> start(FlowContext context, std::shared_ptr<StartRequest> request);
  Task<Result<Environment>> stop(FlowContext context, StopRequest request);
  Task<Result<Environment>> restart(FlowContext context, RestartRequest request);
  Task<Result<Deletion>> remove(FlowContext context, DeleteRequest request);
  Task<Result<Environment>> restore(FlowContext context, RestoreRequest request);
  Task<Result<Environment>> adopt(FlowContext context, std::shared_ptr<AdoptRequest> request);
  Task<Result<Environment>> update(FlowContext context, std::shared_ptr<UpdateRequest> request);
  Task<Result<Environment>> get(FlowContext context, GetRequest request);
  Task<Result<EnvironmentPage>> list(FlowContext context, ListRequest request);
  // The checks "credentials", then "azure:<region>" and "storage:<region>" of each enabled region. Without a
  // token the first is the only one. A failed check is part of the report, not an error.
  Task<Result<HealthReport>> check_health(FlowContext context);
  Task<Result<std::vector<StorageAllowance>>> storage_allowances(FlowContext context);
  Task<Result<Diagnosis>> diagnose(FlowContext context, DiagnoseRequest request);
  // Every region of the settings, in their order.
  Task<Result<std::vector<Region>>> regions(FlowContext context);
  Task<Result<std::vector<Orphan>>> orphans(FlowContext context, OrphansRequest request);
  Task<Result<std::vector<Orphan>>> sweep(FlowContext context, SweepRequest request);
  Task<Result<EventPage>> events(FlowContext context, EventsRequest request);
  Task<Result<Done>> watch_events(FlowContext context, EventsRequest request,
                                  std::function<void(const EventPage&)> tell);
  Task<Result<Done>> watch_environments(FlowContext context,
                                        std::function<void(const std::vector<ListedEnvironment>&)> tell);
  Task<Result<ContainerLog>> logs(FlowContext context, LogsRequest request);
  Task<Result<Done>> follow_logs(FlowContext context, LogsRequest request,
                                 std::function<void(std::string_view)> tell);
  Task<Result<ContainerReport>> report_container(FlowContext context, GetRequest request);
  // Activity and the idle stop (activity.cpp, idle.cpp). The report is kept here until it is written.
  Task<Result<Done>> report_activity(FlowContext context, ActivityReport report);
  // Stops what is idle, until the call is cancelled. Only with AgentOptions::idle_stop_after.
  Task<Result<Done>> watch_idleness(FlowContext context);
  // How the operation `id`, whose signed text is `id_text`, stands. Asks Azure again every 5 s until the
  // operation has ended, `enough` (may be null) returns true, or `patience` is over.
  Task<Result<OperationRecord>> observe_operation(FlowContext context, std::string id_text, OperationId id,
                                                  std::function<bool(const OperationRecord&)> enough,
                                                  std::chrono::milliseconds patience);

  // The token of workspace `id` (plan/activity.h); empty when the settings have no key.
  Secret activity_token(std::string_view id) const;

 private:
  // A record of InFlightGuard.
  struct InFlightCall {
    plan::InFlight kind = plan::InFlight::kNothing;
    CallPtr call;
    const RegionOptions* region = nullptr;          // null while it is not known
    std::shared_ptr<EnvironmentSecrets> secrets{};  // of a create or start; null while it has not begun
  };
  // Records that this process works on an id; removes the record on destruction. Made by a flow that holds
  // the id's lock, so there is one for each id. in_flight_ shows it to get(), list() and a forced delete.
  class InFlightGuard {
   public:
    InFlightGuard(Flows& flows, std::string id, plan::InFlight kind, CallPtr call);
    InFlightGuard(const InFlightGuard&) = delete;
    ~InFlightGuard();
    void set_region(const RegionOptions& region);
    void set_kind(plan::InFlight kind);
    void set_secrets(std::shared_ptr<EnvironmentSecrets> secrets);

   private:
    Flows& flows_;
    std::map<std::string, InFlightCall>::iterator place_;
  };
  // Enters a watch; takes it out on destruction.
  class WatchGuard {
   public:
    WatchGuard(Flows& flows, std::string id, EventWatchPtr watch);
    WatchGuard(const WatchGuard&) = delete;
    ~WatchGuard();

   private:
    Flows& flows_;
    std::multimap<std::string, EventWatchPtr>::iterator place_;
  };
  // Where an id was found: in no, one or several regions. Several are what an unfinished create leaves.
  struct Located {
    std::vector<FlowStatePtr> states;  // with a group first
    std::vector<FlowStatePtr> kept;    // what a delete has kept: no environment (plan::is_kept())
    Rare<Error> failure;               // some region could not be asked
    Rare<Error> in_disabled_region;    // the id exists in a region that is not enabled here
  };
  // When locate() asks about a share. With several regions it asks side by side with the group, except for
  // kWithoutGroup where all regions share one place.
  enum class AskShare {
    kAlways,        // side by side with the group
    kOfGroup,       // after the group, when that is there
    kWithoutGroup,  // after the group, when that is not there or its tags do not tell all
  };
  // One of the functions of plan/decisions.h with its other arguments bound.
  using Decide = std::function<plan::Decision(const plan::Situation&)>;

  // The loop (flows.cpp): decides and performs until the decision is final. Its first decision relies on what
  // `state` has observed before. The last decision, or the error that ended the loop.
  Task<Result<plan::Next>> run(FlowStatePtr state, Decide decide);
  // The same, but it also ends at a Step::kWait, which its caller then carries out.
  Task<Result<plan::Next>> run_to_wait(FlowStatePtr state, Decide decide);
  // Carries out one step. An error here ends the flow; what passes by itself has been waited for.
  Task<Status> perform(FlowStatePtr state, plan::Next next);
  void note_write(const FlowState& state, plan::Step step);
  // The steps that only ask or wait.
  Task<Status> look(FlowStatePtr state, plan::Next next);
  // The steps of plan::writes_share, and those of plan::writes_group.
  Task<Status> write_share(FlowStatePtr state, plan::Next next);
  Task<Status> write_group(FlowStatePtr state, plan::Next next);

  // Observations (observe.cpp). Each puts what Azure shows into `state`. "Not there" is an
  // observation, not an error. The clients repeat reads that fail, so an error here ends the flow.
  FlowStatePtr make_state(FlowContext context, RegionServices& region, std::string id);
  // A group of the right name at another location is not this environment's; it counts as no group.
  void note_read(FlowState& state, azure::GroupRead read);
  // The same without waking the watches of events.
  void enter_read(FlowState& state, azure::GroupRead read);
  // The same for what is remembered already.
  void show_group(FlowState& state, azure::GroupRead read) const;
  void show_share(FlowState& state, azure::ShareRead read) const;
  void note_share(FlowState& state, azure::ShareRead read);
  Task<Status> observe_group(FlowStatePtr state);
  Task<Status> observe_share(FlowStatePtr state);
  // One answer for regions that share a resource group, or a storage account.
  Task<Status> observe_group_for(std::vector<FlowStatePtr> states);
  Task<Status> observe_share_for(std::vector<FlowStatePtr> states);
  Task<std::vector<Status>> observe_all(std::vector<FlowStatePtr> states);
  Task<Status> observe_as_needed(std::vector<FlowStatePtr> states, AskShare share);
  Task<Status> observe(FlowStatePtr state);
  // A wait for the watcher's next read of the group; the waits are plan::poll_delay() or Azure's Retry-After.
  struct Poll {
    TimePoint due{};    // when the read is due
    bool told = false;  // the caller was told of a long pause
  };
  Poll begin_poll(FlowState& state);
  // For the step `next`, which is a Step::kWait: it is told first.
  Poll begin_wait(FlowState& state, const plan::Next& next);
  // Enters what the read has shown.
  Task<Status> end_poll(FlowStatePtr state, Poll poll, Result<azure::GroupRead> read);
  // Waits, and enters it.
  Task<Status> wait_for_read(FlowStatePtr state, Poll poll);
  // So many wait in this region that what they hold is to be packed.
  bool many_wait(const RegionServices& region);
  // By how long such containers took to come up (plan/patience.h), after a look that was sent at `last_look`.
  std::chrono::milliseconds between_looks(const FlowState& state, TimePoint last_look);
  std::string wait_kind(const FlowState& state) const;
  // After this call's container is ready: remembers how long that took.
  void learn_duration(const FlowState& state);
  // True when the long-running operation is to be read: it knows why a deployment failed, and whether a group
  // that is not shown is still to come. Now and then also where the group looks well: takes a read of the
  // budget then.
  bool take_operation_read(FlowState& state);
  // Reads the long-running operation once, for the reason of a failure, which the group does not show.
  Task<Status> follow_operation(FlowStatePtr state);
  // One list, a wait until the reads are plan::kAbsenceSpan apart, and another read of group and share.
  Task<Status> confirm_absence(FlowStatePtr state);
  // Asks the workspace once, then waits or reads the container. It sets `ready.answered`, or `ready.failure`.
  Task<Status> ask_workspace(FlowStatePtr state);
  Task<Status> ask_workspace_once(CallPtr call, std::string url);
  // Where it is asked; empty while Azure shows no address.
  std::string workspace_url(const FlowState& state) const;
  // The settings say that a create or start ends only when its workspace answers.
  bool waits_for_workspace() const;
  Task<Status> inspect_share(FlowStatePtr state);
  // kConflict when another region has the id; the error of a region that cannot be asked. This call's share
  // must be there already, so that of two creates in two regions at least one finds the other. Regions of the
  // same place need no question when this call has created the share.
  Task<Status> check_other_regions(FlowStatePtr state);
  // Asks all of `regions` at once. An error when the id was found nowhere and a region could not be asked, or
  // when it is only in a region that is not enabled (kConflict). Not found at all: no states.
  Task<Result<Located>> locate(FlowContext context, std::string id, plan::Regions regions,
                               AskShare share = AskShare::kAlways);
  // What this process has been shown of the environment within plan::kFreshFor, group and share or the group
  // alone; else locate(). Only for calls whose first write asks the resource provider whatever was shown:
  // run() observes anew before it fails on such an answer.
  Task<Result<Located>> locate_again(FlowContext context, std::string id, plan::Regions regions,
                                     AskShare share);

  // Deleted files (restore.cpp).
  struct FoundDeleted {
    DeletedShare share;
    const RegionOptions* region = nullptr;
  };
  const RegionOptions& region_of_deleted(const DeletedShare& deleted, const RegionOptions& asked) const;
  Task<Result<std::optional<FoundDeleted>>> find_deleted(CallPtr call, std::string id, plan::Regions regions);
  Task<Error> not_found(FlowContext context, std::string id, plan::Regions regions);
  Task<std::optional<WallTime>> restorable_until(FlowStatePtr state);
  // For DeleteRequest::snapshot: whether the account keeps the share that is deleted.
  Task<Result<bool>> keeps_deleted(FlowStatePtr state);
  // What plan::is_kept() has found there.
  static KeptFiles kept_files(const FlowState& state);
  // The environment that was found. Where only kept files were, the absence of a container beside them is
  // confirmed first; then it is not_there().
  Task<Result<FlowStatePtr>> found_one(Located located, std::string id);
  // kNotFound for an id that is nowhere, with the place of the files that a delete has kept, if any.
  static Error not_there(const Located& located, const std::string& id);

  // Events (events.cpp).
  void note_azure_clock(WallTime azure_now);
  EventPage page_of(const FlowState& state) const;
  EventPage page_of(const EventsRequest& request, EventWatch& watch) const;
  bool tell_news(const EventsRequest& request, EventWatch& watch,
                 const std::function<void(const EventPage&)>& tell) const;
  void wake_watches(const FlowState& state, const azure::GroupRead& read, const EventWatch* reader);
  bool reads_for_all(const std::string& id, const EventWatch& watch) const;
  Task<Status> take_read(CallPtr call);
  Task<Status> wait_for_turn(CallPtr call, EventWatchPtr watch, std::chrono::milliseconds span);
  Task<Result<bool>> read_again(FlowStatePtr state, EventWatchPtr watch);
  Task<Result<FlowStatePtr>> find_watched(FlowContext context, EventsRequest request);
  Task<Result<bool>> take_turn(FlowContext context, EventsRequest request, EventWatchPtr watch);

  // Logs (logs.cpp).
  Task<Result<FlowStatePtr>> find_logged(FlowContext context, LogsRequest request);
  Task<Result<std::string>> read_log(FlowStatePtr state, azure::LogQuery query);
  Task<Result<std::vector<std::string>>> follow_once(FlowStatePtr state, azure::LogQuery query,
                                                     std::shared_ptr<plan::LogFollower> follower, bool last);
  enum class LogEnd { kNo, kEnded, kGone };
  Task<Result<LogEnd>> see_end(FlowStatePtr state, bool log_is_gone);

  // An operation of another process (observe_operation.cpp). Questions only; the verdict is
  // plan/operation_outcome.h's.
  Task<Result<OperationRecord>> observe_once(FlowContext context, std::string id_text, OperationId id);
  Task<Result<bool>> confirm_operation_absence(FlowContext context, OperationId id, FlowStatePtr found);
  Task<Status> observe_absence(FlowStatePtr state);

  // Writes (writes.cpp, group_writes.cpp, share_writes.cpp). Each sends at most one, and records what Azure
  // answered in `state`. A write that failed for a passing reason ends in a new observation, and is no error.
  // The end of each write that failed with `error`: waits and observes, or returns `error` for good.
  Task<Status> recover(FlowStatePtr state, Error error);
  // Before a delete of the group: waits when Azure has accepted one before, because the group is still shown.
  Task<Status> wait_to_repeat(FlowStatePtr state);
  // Enters an answer into OwnWrites; `error` is none for a write that was accepted.
  void record(FlowState& state, plan::Sent& write, const std::optional<Error>& error) const;
  // After a write that Azure accepted: what the group is until the next read.
  void begin_transition(FlowState& state, const azure::Accepted& accepted);
  // Deploys the container, over the group that was seen if there is one. Fetches the storage key first; when
  // that took so long that the observation is old, observes again and sends nothing.
  Task<Status> put_group(FlowStatePtr state, plan::Facts facts);
  // The same, once the key is there and the observation is fresh.
  Task<Status> deploy(FlowStatePtr state, plan::Facts facts, Secret storage_key);
  // A create of the share would rely on an old look, and be no mere refusal where there is one.
  bool may_write_over_share(const FlowState& state) const;
  // Another create may have written over the share that this one has made.
  static bool share_may_be_anothers(const FlowState& state);
  Task<Result<std::string>> mount_key(FlowStatePtr state);
  // Puts the group that Azure has accepted into `state`.
  void note_deployed(FlowState& state, const azure::Accepted& accepted, plan::Labels tags);
  // A 404 for a group that no read has shown is evidence of its absence.
  Task<Status> start_group(FlowStatePtr state);
  Task<Status> stop_group(FlowStatePtr state);
  Task<Status> restart_group(FlowStatePtr state);
  Task<Status> delete_group(FlowStatePtr state);
  // Merges `tags` with those of the group.
  Task<Status> set_tags(FlowStatePtr state, plan::Labels tags);
  Task<Status> create_share(FlowStatePtr state, plan::Facts facts);
  // Puts this call's ownership token on the share, and observes whether it stands.
  Task<Status> take_over_share(FlowStatePtr state);
  // Takes the ownership token off the share, so that no roll-back deletes it.
  Task<Status> release_share(FlowStatePtr state);
  // Replaces all metadata.
  Task<Status> set_metadata(FlowStatePtr state, plan::Labels metadata);
  Task<Status> set_quota(FlowStatePtr state, int quota_gib);
  Task<Status> delete_share(FlowStatePtr state);
  // Makes the deleted share what it was, and observes it; or takes the mark off one that is kept.
  Task<Status> restore_share(FlowStatePtr state);
  Task<Status> unmark_share(FlowStatePtr state);
  Task<Status> snapshot_share(FlowStatePtr state);
  // Marks the share as kept, and takes the ownership token off it.
  Task<Status> keep_share(FlowStatePtr state);
  static plan::Labels labels_of_share(const FlowState& state);
  // The share of the certificates (plan/certificate_share.h). One that exists already is used as it is.
  Task<Status> create_certificate_share(FlowStatePtr state);
  Task<Status> delete_certificate_share(FlowStatePtr state);

  // The end of a create or start that failed (roll_back.cpp). The roll-back lasts at most
  // AgentOptions::rollback_timeout and cannot be cancelled.
  Task<RollBack> roll_back(FlowStatePtr state);
  // Adds Azure's last events and the container's last log lines to an error about the container, or to one of
  // a deadline, with every known secret taken out (diagnostics.cpp). At most one read of the log, and only of
  // a container that has started; it takes 3 s at most, and its failure changes nothing.
  Task<Error> add_diagnostics(FlowStatePtr state, Error error);
  // The same with the limits of `call`, for an error that is about the container. The state has a group.
  Task<Error> describe_container(CallPtr call, FlowStatePtr state, Error error);
  Task<std::string> read_log_tail(CallPtr call, FlowStatePtr state);
  // Both of the above; the message says what was kept or is left. `*clean`: nothing is left, or what is left
  // is in use.
  Task<Error> fail_with_roll_back(FlowStatePtr state, Error error, bool* clean);

  // Activity (activity.cpp).
  void count_as_use(const std::string& id);
  void note_use(IdleEntry& entry, const plan::SeenGroup& group, WallTime azure_now) const;
  Task<Result<Done>> write_activity(CallPtr call, std::string id);
  Task<Result<Done>> merge_activity(FlowStatePtr state);
  Task<Done> flush_activity(CallPtr call);

  // The idle stop (idle.cpp).
  std::optional<WallTime> reported_use(const FlowState& state) const;
  void note_listed(const azure::GroupList& list, const std::string& resource_group);
  Task<Done> list_idle(CallPtr call);
  Task<Done> look_at_idle(CallPtr call);
  Task<Result<Done>> look_for_idleness(CallPtr call, std::string id);
  Task<Result<Done>> stop_idle(FlowStatePtr state);
  std::chrono::milliseconds until_next_look() const;

  // Orphans (orphans.cpp).
  struct FoundOrphan {
    Orphan orphan;
    FlowStatePtr state;
  };
  Orphan orphan_of(const FlowState& state, std::string reason) const;
  Task<Result<std::vector<FoundOrphan>>> find_orphans(FlowContext context, std::chrono::minutes older_than);
  Task<Result<std::vector<FlowStatePtr>>> list_certificates_alone(FlowContext context,
                                                                  std::vector<FlowStatePtr> environments);
  std::optional<std::string> reason_of_orphan(const FlowState& state) const;
  Task<Result<Orphan>> rehearse_sweep(FoundOrphan found, bool include_files);
  Task<Result<Orphan>> sweep_one(FoundOrphan found, bool include_files);

  // Parts of one flow: create.cpp, stop_delete.cpp, query.cpp.
  Task<Result<Located>> locate_past_deletion(FlowContext context, std::string id, AskShare ask);
  Task<Result<Located>> locate_for_create(FlowContext context, std::string id, bool fresh_id, AskShare ask,
                                          plan::Regions* candidates);
  FlowStatePtr state_of_nothing(FlowContext context, const RegionOptions& region, std::string id,
                                TimePoint asked_at);
  Task<Result<EnvironmentOutcome>> fail_in_region(FlowStatePtr state, Result<EnvironmentOutcome> failed,
                                                  bool last, bool* go_on);
  Task<Done> remove_leftover_shares(std::vector<FlowStatePtr> states);
  Task<Done> remove_leftover_share(FlowStatePtr state);
  // A create, between its steps.
  struct CreateWork {
    FlowContext context;
    std::shared_ptr<CreateRequest> request;  // null once it is prepared
    bool fresh_id;                           // made just now, so it is nowhere
    std::optional<KeyedLock::Hold> lock{};
    std::optional<InFlightGuard> guard{};
    plan::Regions candidates{};
    std::vector<FieldError> too_large{};  // why nothing new may be made
    Semaphore::Hold turn{};
    TimePoint asked_at{};  // when the id was looked for
    std::vector<FlowStatePtr>
        found{};  // where there is something of it, the environment first, which moves on
    std::shared_ptr<EnvironmentSecrets> secrets{};
    Rare<plan::Facts> wanted{};  // in the region of `state`
    std::size_t entered = 0;     // how many of the candidates
    FlowStatePtr state{};        // of the last one
    // While it waits for its container: when it looks, what stands for `state` and `wanted` if these are
    // packed, and what the read has shown.
    std::optional<Poll> poll{};
    std::optional<PackedFlow> packed{};
    std::optional<Result<azure::GroupRead>> read{};
  };
  Task<Result<EnvironmentOutcome>> run_create(std::unique_ptr<CreateWork> work);
  std::string pack(CreateWork& work, const RegionServices& region);
  void unpack(CreateWork& work, bool saw_group);
  Task<Status> prepare_create(CreateWork* work);
  void enter_region(CreateWork& work);
  Task<std::optional<Result<EnvironmentOutcome>>> go_on_with_create(CreateWork* work);
  Task<std::optional<Result<EnvironmentOutcome>>> create_in(CreateWork* work);
  // True when a forced delete has to cancel a create or start of this process before it.
  bool ends_call_in_flight(const DeleteRequest& request) const;
  std::vector<FlowStatePtr> states_of(FlowContext context, const RegionOptions& region,
                                      const azure::GroupList& groups, const std::vector<FileShare>& shares);
  // The environments of these regions, each once.
  Task<Status> observe_listed(FlowStatePtr state);
  Task<Result<std::vector<FlowStatePtr>>> list_regions(FlowContext context, plan::Regions regions);
  Task<Status> observe_groups(std::vector<FlowStatePtr> states);

  // The environment as callers see it. At least one of group and share must have been seen.
  Environment view(const FlowState& state) const;
  // The result of a create or start. It has the password only if the group carries this call's token.
  EnvironmentOutcome outcome_of(const FlowState& state, bool changed) const;
  Secret new_password() const;    // 24 random bytes, base64url
  std::string new_token() const;  // 16 random bytes, hexadecimal
  // The ownership token of a create or start in `region`: its operation's, if it has an id.
  std::string token_of(const FlowContext& context, const std::string& region) const;
  plan::InFlight in_flight(const std::string& id) const;
  // How long a create of any agent with these settings may be at work, its roll-back included.
  std::chrono::seconds longest_create() const {
    return std::chrono::duration_cast<std::chrono::seconds>(settings_->operation_timeout +
                                                            settings_->rollback_timeout);
  }
  plan::IdleRules idle_rules() const { return {settings_->idle_stop_after, settings_->idle_stop_longest}; }
  // One watcher for each resource group; regions may share it.
  Watcher& watcher_of(const RegionServices& region);
  // Adds the environment, the region and the request's id to `fields`.
  void log(LogLevel level, std::string event, const FlowState& state, std::vector<LogField> fields) const;

  AgentSettings settings_;
  std::shared_ptr<Scheduler> scheduler_;
  AzureServices azure_;                                       // destroyed after those that use it
  ReadBudget polling_;                                        // of all watchers together
  ReadBudget watching_;                                       // the part of it for events and logs
  std::map<std::string, std::unique_ptr<Watcher>> watchers_;  // by resource group
  SharedLists lists_;
  RegionQuotas quotas_;
  RecentReads reads_;
  SucceededCreates succeeded_;
  plan::Patience patience_;
  TimePoint operation_read_at_{};                      // the last time that one whose group looks well was
  TextPool urls_;                                      // of the operations that are followed
  KeyedLock locks_;                                    // by id: one write operation at a time
  std::map<std::string, InFlightCall> in_flight_;      // by id
  std::multimap<std::string, EventWatchPtr> watches_;  // by environment
  IdleWatch idle_;
  std::chrono::milliseconds azure_ahead_{0};  // how far Azure's clock is ahead of this machine's
};

}  // namespace dev8agent::internal
