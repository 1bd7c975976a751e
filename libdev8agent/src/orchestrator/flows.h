// The flows of the orchestrator: each is a loop of "observe, decide (plan/decisions.h), carry out one step".
// Loop thread only.
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
#include "orchestrator/flow_state.h"
#include "orchestrator/watcher.h"
#include "plan/regions.h"
#include "plan/status.h"

namespace dev8agent::internal {

class Flows {
 public:
  Flows(AgentSettings settings, std::shared_ptr<Scheduler> scheduler, std::shared_ptr<Transport> transport);

  // Requests have passed plan/'s rules. `fresh_id`: the id was made for this call.
  Task<Result<EnvironmentOutcome>> create(FlowContext context, std::shared_ptr<CreateRequest> request,
                                          bool fresh_id);
  Task<Result<EnvironmentOutcome>> start(FlowContext context, std::shared_ptr<StartRequest> request);
  Task<Result<Environment>> stop(FlowContext context, StopRequest request);
  Task<Result<Done>> remove(FlowContext context, DeleteRequest request);
  Task<Result<Environment>> get(FlowContext context, GetRequest request);
  Task<Result<EnvironmentPage>> list(FlowContext context, ListRequest request);
  Task<Result<HealthReport>> check_health(FlowContext context);
  Task<Result<OperationRecord>> observe_operation(FlowContext context, std::string id_text, OperationId id,
                                                  std::function<bool(const OperationRecord&)> enough,
                                                  std::chrono::milliseconds patience);

  Secret activity_token(std::string_view id) const;

 private:
  // Records that this process works on an id; removes the record on destruction.
  class InFlightGuard {
   public:
    InFlightGuard(Flows& flows, std::string id, plan::InFlight kind, CallPtr call);
    InFlightGuard(const InFlightGuard&) = delete;
    ~InFlightGuard();
    void set_region(const RegionOptions& region);
    void set_kind(plan::InFlight kind);

   private:
    Flows& flows_;
    std::string id_;
  };
  struct InFlightCall {
    plan::InFlight kind = plan::InFlight::kNothing;
    CallPtr call;
    const RegionOptions* region = nullptr;  // null while it is not known
  };
  // Where an id was found.
  struct Located {
    std::vector<FlowStatePtr> states;         // with a group first
    std::optional<Error> failure;             // some region could not be asked
    std::optional<Error> in_disabled_region;  // the id exists in a region that is not enabled here
  };
  using Decide = std::function<plan::Decision(const plan::Situation&)>;

  // The loop (flows.cpp): decides and performs until the decision is final.
  Task<Result<plan::Next>> run(FlowStatePtr state, Decide decide);
  Task<Status> perform(FlowStatePtr state, plan::Next next);

  // Observations (observe.cpp).
  FlowStatePtr make_state(FlowContext context, RegionServices& region, std::string id);
  void note_look(FlowState& state, azure::GroupLook look) const;
  Task<Status> observe_group(FlowStatePtr state);
  Task<Status> observe_share(FlowStatePtr state);
  Task<Status> observe(FlowStatePtr state);
  Task<Status> poll(FlowStatePtr state);
  Task<Status> follow_operation(FlowStatePtr state);
  Task<Status> confirm_absence(FlowStatePtr state);
  Task<Status> inspect_share(FlowStatePtr state);
  Task<Status> check_other_regions(FlowStatePtr state);
  Task<Result<Located>> locate(FlowContext context, std::string id, plan::Regions regions);

  // An operation of another process (observe_operation.cpp).
  Task<Result<OperationRecord>> look_at_operation(FlowContext context, std::string id_text, OperationId id);
  Task<Result<bool>> confirm_operation_absence(FlowContext context, OperationId id, FlowStatePtr found);
  Task<Status> observe_absence(FlowStatePtr state);

  // Writes (writes.cpp, group_writes.cpp, share_writes.cpp). Each sends at most one, and records what Azure
  // answered in `state`. A write that failed for a passing reason ends in a new observation.
  Task<Status> recover(FlowStatePtr state, Error error);
  void record(FlowState& state, plan::Sent& write, const std::optional<Error>& error) const;
  Task<Status> put_group(FlowStatePtr state, plan::Facts facts);
  Task<Status> start_group(FlowStatePtr state);
  Task<Status> stop_group(FlowStatePtr state);
  Task<Status> delete_group(FlowStatePtr state);
  Task<Status> set_tags(FlowStatePtr state, plan::Facts facts);
  Task<Status> create_share(FlowStatePtr state, plan::Facts facts);
  Task<Status> take_over_share(FlowStatePtr state);
  Task<Status> release_share(FlowStatePtr state);
  Task<Status> set_metadata(FlowStatePtr state, plan::Labels metadata);
  Task<Status> set_quota(FlowStatePtr state, int quota_gib);
  Task<Status> delete_share(FlowStatePtr state);

  // The end of a create or start that failed (roll_back.cpp).
  Task<RollBack> roll_back(FlowStatePtr state);
  Task<Error> add_diagnostics(FlowStatePtr state, Error error);
  Task<Error> fail_with_roll_back(FlowStatePtr state, Error error, bool* clean);

  // Parts of one flow.
  Task<Result<Located>> locate_past_deletion(FlowContext context, std::string id);
  Task<Done> remove_leftover_share(FlowStatePtr state);
  Task<Result<EnvironmentOutcome>> create_in(FlowStatePtr state, plan::Facts wanted, bool fresh_id);
  bool ends_call_in_flight(const DeleteRequest& request) const;
  Task<Result<std::vector<FlowStatePtr>>> list_states(FlowContext context, const RegionOptions* region);
  Task<Status> observe_groups(std::vector<FlowStatePtr> states);

  Environment view(const FlowState& state) const;
  EnvironmentOutcome outcome_of(const FlowState& state, bool changed) const;
  Secret new_password() const;
  std::string new_token() const;
  // The ownership token of a create or start in `region`: its operation's, if it has an id.
  std::string token_of(const FlowContext& context, const std::string& region) const;
  plan::InFlight in_flight(const std::string& id) const;
  Watcher& watcher_of(const RegionServices& region);
  void log(LogLevel level, std::string event, const FlowState& state, std::vector<LogField> fields) const;

  AgentSettings settings_;
  std::shared_ptr<Scheduler> scheduler_;
  AzureServices azure_;
  ReadBudget polling_;                                        // of all watchers together
  std::map<std::string, std::unique_ptr<Watcher>> watchers_;  // by resource group
  KeyedLock locks_;
  std::map<std::string, InFlightCall> in_flight_;
};

}  // namespace dev8agent::internal
