// How an operation of another process stands, from what Azure shows. Questions only.
#include <algorithm>
#include <utility>

#include "orchestrator/flows.h"
#include "plan/operation_outcome.h"
#include "plan/regions.h"
#include "plan/signed_id.h"

namespace dev8agent::internal {
namespace {

constexpr std::chrono::seconds kBetweenLooks{5};

plan::OperationSight sight_of(const FlowState& state, const std::string& id_text) {
  plan::OperationSight sight;
  sight.seen = state.seen;
  sight.token = plan::operation_token(id_text, state.region->options.name);
  sight.now = state.seen.azure_now;
  return sight;
}

OperationRecord record_of(const std::string& id_text, const OperationId& id, plan::OperationVerdict verdict) {
  OperationRecord record;
  record.id = id_text;
  record.about = id;
  record.updated_at = std::max(id.created_at, verdict.since);
  record.status = verdict.status;
  record.progress = {verdict.stage, std::move(verdict.detail)};
  record.error = std::move(verdict.error);
  return record;
}

}  // namespace

// Looks again until the operation has ended, `enough` is content, or the next look would be later than
// `patience` after the first.
Task<Result<OperationRecord>> Flows::observe_operation(FlowContext context, std::string id_text,
                                                       OperationId id,
                                                       std::function<bool(const OperationRecord&)> enough,
                                                       std::chrono::milliseconds patience) {
  const TimePoint last = scheduler_->now() + patience;
  for (;;) {
    auto record = co_await observe_once(context, id_text, id);
    if (!record.ok()) co_return record;
    const bool again = scheduler_->now() + kBetweenLooks <= last;
    if (record->ended() || !again || (enough && enough(*record))) co_return record;
    auto waited = co_await pause(context.call, kBetweenLooks);
    if (!waited.ok()) co_return waited.error();
  }
}

Task<Result<OperationRecord>> Flows::observe_once(FlowContext context, std::string id_text, OperationId id) {
  auto located =
      co_await locate(context, id.environment_id, plan::regions_to_search(id.cloud_region, settings_));
  // Somewhere that is not enabled here: nothing of it can be seen.
  const bool elsewhere = !located.ok() && located.error().code == ErrorCode::kConflict;
  if (!located.ok() && !elsewhere) co_return located.error();
  if (located.ok() && located->failure) co_return *located->failure;

  plan::OperationSight sight;
  sight.now = scheduler_->wall_now();
  FlowStatePtr state;
  if (located.ok() && !located->states.empty()) {
    state = located->states.front();
    sight = sight_of(*state, id_text);
    sight.in_two_places = located->states.size() > 1;
  }
  sight.must_answer = waits_for_workspace();
  if (!elsewhere && plan::wants_absence_confirmed(id, sight.seen, sight.now)) {
    auto gone = co_await confirm_operation_absence(context, id, state);
    if (!gone.ok()) co_return gone.error();
    sight.all_gone = *gone && !state;
    sight.container_gone = *gone;
  }
  const std::chrono::seconds limit = plan::operation_limit(id.kind, settings_);
  plan::OperationVerdict verdict = plan::verdict_on(id, sight, limit);
  const bool succeeded = verdict.status == OperationStatus::kSucceeded;
  if (succeeded && state && plan::needs_answer(id, sight) && waits_for_workspace()) {
    auto answer = co_await ask_workspace_once(context.call, workspace_url(*state));
    if (!answer.ok()) verdict = plan::without_answer(id, sight, limit, answer.error().message);
  }
  auto record = record_of(id_text, id, std::move(verdict));
  if (record.status == OperationStatus::kFailed && state && record.error) {
    auto failure = co_await add_diagnostics(state, *record.error);
    record.error = std::move(failure);
    record.updated_at = std::max(record.updated_at, view(*state).updated_at);
  }
  // What is there after a delete is another environment.
  const bool shows = id.kind != OperationKind::kDelete;
  if (record.status == OperationStatus::kSucceeded && state && shows) {
    record.environment = view(*state);
    const bool runs = state->seen.group && plan::phase_of(*state).phase == plan::Phase::kRunning;
    if (id.kind == OperationKind::kStop && !runs) record.environment->status = EnvironmentStatus::kStopped;
    record.updated_at = std::max(record.updated_at, record.environment->updated_at);
  }
  co_return record;
}

Task<Status> Flows::observe_absence(FlowStatePtr state) {
  auto seen = co_await observe(state);
  if (!seen.ok() || state->seen.group) co_return seen;
  auto confirmed = co_await confirm_absence(state);
  co_return confirmed;
}

// True when no container is there beyond doubt: in the region of `found`, or without it, and then no share
// either, in every region that may have the environment.
Task<Result<bool>> Flows::confirm_operation_absence(FlowContext context, OperationId id, FlowStatePtr found) {
  std::vector<FlowStatePtr> states;
  if (found) states.push_back(found);
  for (const RegionOptions* region : plan::regions_to_search(id.cloud_region, settings_)) {
    if (!found) states.push_back(make_state(context, azure_.region(*region), id.environment_id));
  }
  std::vector<Task<Status>> reads;
  for (const FlowStatePtr& state : states) reads.push_back(observe_absence(state));
  auto results = co_await when_all(std::move(reads));
  bool gone = true;
  for (std::size_t i = 0; i < states.size(); ++i) {
    if (!results[i].ok()) co_return results[i].error();
    const plan::Observation& seen = states[i]->seen;
    const bool no_group = !seen.group && plan::absence_is_confirmed(seen, scheduler_->now());
    gone = gone && no_group && (found || !seen.share || plan::may_have_kept(id, seen));
  }
  co_return gone;
}

}  // namespace dev8agent::internal
