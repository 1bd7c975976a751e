// The end of a create or start that failed: the roll-back.
#include "orchestrator/flows.h"

namespace dev8agent::internal {
namespace {

// A roll-back waits for what may happen, up to a minute: nobody is in a hurry, and the budget is others'.
constexpr std::chrono::seconds kBetweenReads{5};

bool has_something_to_undo(const FlowState& state) {
  return plan::may_own_share(state.own) || plan::may_have_created_group(state.own) ||
         plan::may_have_changed_group(state.own) || plan::may_have_applied(state.own.certificates_put) ||
         state.rewrite;
}

RollBack outcome_of_roll_back(const Result<plan::Next>& ended) {
  if (!ended.ok()) return {RollBack::kIncomplete, ended.error().message};
  if (ended->step == plan::Step::kKeepRunning) return {RollBack::kKeptRunning, ""};
  if (ended->step == plan::Step::kKeepFiles) return {RollBack::kKeptFiles, ""};
  return {};
}

}  // namespace

// Its failures are also those of the call that `failed`; its answers are not.
class RollBackListener : public WithoutAnswers {
 public:
  explicit RollBackListener(CallPtr failed) : WithoutAnswers(failed->listener), failed_(std::move(failed)) {}
  void on_failure(const Error& error) override { failed_->note_failure(error); }

 private:
  CallPtr failed_;
};

// Carries out plan::next_for_roll_back. It has a deadline of its own and cannot be cancelled.
Task<RollBack> Flows::roll_back(FlowStatePtr state) {
  if (!has_something_to_undo(*state)) co_return RollBack{};
  auto call = std::make_shared<Call>();
  call->scheduler = scheduler_.get();
  const TimePoint begun_at = scheduler_->now();
  call->deadline = begun_at + settings_->rollback_timeout;
  call->names = state->context.call->names;
  call->listener = std::make_shared<RollBackListener>(state->context.call);
  state->context.call = call;
  state->context.report(Stage::kRollingBack, "");
  state->keeps_snapshots = true;  // they are not of this call
  state->failures = 0;
  state->operation = {};
  state->operation.least_delay = kBetweenReads;
  auto seen = co_await observe(state);
  RollBack result{RollBack::kIncomplete, seen.ok() ? "" : seen.error().message};
  if (seen.ok()) {
    const Decide decide = [begun_at, state](const plan::Situation& at) {
      return plan::next_for_roll_back(state->rewrite, begun_at, at);
    };
    auto ended = co_await run(state, decide);
    result = outcome_of_roll_back(ended);
  }
  co_return result;
}

// `clean`: nothing of this call is left, or it was left because others use it.
Task<Error> Flows::fail_with_roll_back(FlowStatePtr state, Error error, bool* clean) {
  auto failure = co_await add_diagnostics(state, std::move(error));
  const bool undoes = has_something_to_undo(*state);
  auto rolled_back = co_await roll_back(state);
  *clean = rolled_back.outcome != RollBack::kIncomplete;
  std::vector<LogField> fields;
  if (!*clean) fields.push_back({"error", rolled_back.reason});
  if (undoes)
    log(*clean ? LogLevel::kInfo : LogLevel::kError, *clean ? "rollback.done" : "rollback.incomplete", *state,
        std::move(fields));
  switch (rolled_back.outcome) {
    case RollBack::kClean:
      break;
    case RollBack::kKeptRunning:
      failure.message += "; the environment is up or was stopped by now, and was left as it is";
      break;
    case RollBack::kKeptFiles:
      failure.message += "; its file share holds files by now, and was left as it is";
      break;
    case RollBack::kIncomplete:
      failure.message += ". Roll-back is incomplete: " + rolled_back.reason;
      break;
  }
  co_return failure;
}

}  // namespace dev8agent::internal
