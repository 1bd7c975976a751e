// Answers for callers who do not see the end of their operation.
#include "await_operation.h"

namespace dev8agentd {

using dev8agent::Error;
using dev8agent::ErrorCode;
using dev8agent::make_error;

Response too_many_callers(const Request& request) {
  Error error = make_error(ErrorCode::kRateLimited,
                           "the agent is waiting for as many operations as it can; retry later");
  error.retry_after = std::chrono::seconds(5);
  return error_response(error, request.id, 503);
}

Response still_running(const Request& request, const CallName& name, bool abandoned) {
  if (abandoned) {
    Error error =
        make_error(ErrorCode::kCancelled,
                   "the agent shut down before the outcome was known; repeat the call at another one");
    error.retry_after = std::chrono::seconds(1);
    return error_response(error, request.id, 503);
  }
  Error error =
      make_error(ErrorCode::kTimeout,
                 "no outcome within REQUEST_TIMEOUT_SECONDS; the operation goes on: " + name.follow_up);
  return error_response(error, request.id);
}

void Doorbell::ring() {
  std::lock_guard lock(mutex_);
  rung_ = true;
  changed_.notify_all();
}

bool Doorbell::wait_until(std::chrono::steady_clock::time_point deadline, std::stop_token stop) {
  std::unique_lock lock(mutex_);
  return changed_.wait_until(lock, std::move(stop), deadline, [this] { return rung_; });
}

}  // namespace dev8agentd
