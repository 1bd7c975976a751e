#include "base/call.h"

namespace dev8agent {

Error cancelled_error(const Cancellation& cancellation) {
  Error error = make_error(ErrorCode::kCancelled, cancellation.why());
  error.retryable = true;
  return error;
}

Error deadline_error() {
  Error error = make_error(ErrorCode::kTimeout, "the operation's deadline passed");
  error.retryable = true;
  return error;
}

Task<Status> pause(CallPtr call, std::chrono::nanoseconds span) {
  Scheduler* scheduler = call->scheduler;
  // Compared as a span: a deadline of "never" leaves no room for addition.
  if (call->deadline - call->now() < span) co_return deadline_error();
  const TimePoint due = call->now() + std::chrono::duration_cast<TimePoint::duration>(span);
  CallbackAwaiter<Done> timer(call, [scheduler, due](std::function<void(Status)> done) {
    const auto id = scheduler->call_at(due, [done = std::move(done)] { done(Done{}); });
    return [scheduler, id] { scheduler->cancel(id); };
  });
  auto waited = co_await timer;
  co_return waited;
}

}  // namespace dev8agent
