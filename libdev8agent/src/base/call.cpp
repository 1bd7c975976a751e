// The errors that end a wait, and the wait for a span.
#include "base/call.h"

#include <algorithm>

namespace dev8agent::internal {

CallPtr question_of(const CallPtr& call, std::chrono::milliseconds patience) {
  auto question = std::make_shared<Call>();
  question->scheduler = call->scheduler;
  question->deadline = std::min(call->deadline, call->now() + patience);
  question->cancellation = call->cancellation;
  question->names = call->names;
  return question;
}

void Call::tell_retry(const std::optional<Retry>& retry) const {
  if (!listener) return;
  if (!retry) return tell({});
  const auto wait = std::chrono::duration_cast<WallTime::duration>(retry->due - now());
  std::string detail = "waiting to try again (" + std::string(to_string(retry->code)) + "): " + retry->why;
  tell({std::nullopt, std::move(detail), retry->attempt, scheduler->wall_now() + wait});
}

void Call::note_failure(const Error& error) const {
  last_failure = error;
  failed_at = now();
  if (listener) listener->on_failure(error);
}

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

std::string last_failure_text(const Call& call) {
  if (!call.last_failure) return "";
  const auto age = std::chrono::duration_cast<std::chrono::seconds>(call.now() - call.failed_at);
  const std::string when = age.count() > 0 ? ", " + std::to_string(age.count()) + " s before" : "";
  return "; last failure" + when + ": " + call.last_failure->message;
}

Error deadline_error(const Call& call) {
  Error error = deadline_error();
  if (!call.last_failure) return error;
  error.message += last_failure_text(call);
  error.azure_status = call.last_failure->azure_status;
  error.azure_code = call.last_failure->azure_code;
  error.azure_request_id = call.last_failure->azure_request_id;
  error.unresolved_host = call.last_failure->unresolved_host;
  error.lasting = call.last_failure->lasting;
  return error;
}

Task<Status> pause(CallPtr call, std::chrono::nanoseconds span) {
  Scheduler* scheduler = call->scheduler;
  // Compared as a span: a deadline of "never" leaves no room for addition.
  if (call->deadline - call->now() < span) co_return deadline_error(*call);
  const TimePoint due = call->now() + std::chrono::duration_cast<TimePoint::duration>(span);
  CallbackAwaiter<Done> timer(call, [scheduler, due](std::function<void(Status)> done) {
    const auto id = scheduler->call_at(due, [done = std::move(done)] { done(Done{}); });
    return [scheduler, id] { scheduler->cancel(id); };
  });
  auto waited = co_await timer;
  co_return waited;
}

}  // namespace dev8agent::internal
