// What all writes share: the record of the answer, and what follows a failed one.
#include "orchestrator/flows.h"
#include "plan/poll.h"

namespace dev8agent::internal {
namespace {

// How often a write may get 404 for a resource that a read returned before the call fails.
constexpr int kMaxContradictions = 3;

}  // namespace

void Flows::record(FlowState& state, plan::Sent& write, const std::optional<Error>& error) const {
  write = plan::after_answer(write, error);
  if (error && !plan::surely_not_applied(*error))
    state.own.late_until = scheduler_->now() + plan::kVisibleAfter;
}

// Fails when the write is not worth repeating. Otherwise waits and observes everything again, because the
// write may have taken effect, and others may have acted meanwhile.
Task<Status> Flows::recover(FlowStatePtr state, Error error) {
  error.attempts = ++state->failures;
  state->reobservations = 0;
  // The resource was deleted after it was observed, or Azure contradicts itself: observe and decide again.
  if (error.code == ErrorCode::kNotFound) {
    error.code = ErrorCode::kAzureUnavailable;
    error.retryable = true;
    if (state->failures > kMaxContradictions) co_return error;
  }
  if (!plan::worth_repeating(error)) co_return error;
  auto waited = co_await azure_.retrier().wait(state->context.call, state->failures, error);
  if (!waited.ok()) co_return waited.error();
  state->context.call->tell_retry(std::nullopt);
  auto seen = co_await observe(state);
  co_return seen;
}

Task<Status> Flows::wait_to_repeat(FlowStatePtr state) {
  if (state->own.group_delete != plan::Sent::kAccepted) {
    state->group_delete_repeats = 0;
    co_return Done{};
  }
  // After a failure recover() has waited.
  if (state->failures > 0) co_return Done{};
  auto waited = co_await pause(state->context.call, plan::repeat_delay(state->group_delete_repeats));
  ++state->group_delete_repeats;
  co_return waited;
}

}  // namespace dev8agent::internal
