// When to try again: exponential back-off with full jitter, Retry-After obeyed, and a budget that all calls
// of one orchestrator share, so that an outage of Azure is met with a bounded rate of attempts. Loop thread
// only.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>

#include "base/call.h"
#include "base/task.h"
#include "dev8agent/options.h"

namespace dev8agent::internal {

// A token bucket that hands out points in time: never refuses, only spaces.
class RetryBudget {
 public:
  RetryBudget(int capacity, int refill_per_second);
  // The earliest time at which a retry asked for now may go out; takes one token.
  TimePoint reserve(TimePoint now);
  // Returns the token of a retry that is not going out after all.
  void give_back() { tokens_ += 1; }

 private:
  double capacity_;
  double per_second_;
  double tokens_;  // negative: promised ahead
  TimePoint updated_{};
};

class Retrier {
 public:
  Retrier(const RetryOptions& options, std::function<std::string(std::size_t)> random_bytes);

  // Waits before attempt number `attempt` + 1 (1 for the first retry) after `error`. Fails with `error`
  // itself when it is not retryable or the wait would pass the deadline, with kCancelled when the call is
  // cancelled.
  Task<Status> wait(CallPtr call, int attempt, Error error);

  // Runs `attempt` until it succeeds or fails for good. Only for what may be repeated blindly: reads.
  template <class T>
  Task<Result<T>> run(CallPtr call, std::function<Task<Result<T>>()> attempt) {
    const TimePoint begun = call->now();
    for (int count = 1;; ++count) {
      auto result = co_await attempt();
      if (result.ok() && count > 1 && call->on_retry) call->on_retry(std::nullopt);
      if (result.ok()) co_return result;
      Error error = std::move(result).error();
      error.attempts = count;
      error.elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(call->now() - begun);
      auto waited = co_await wait(call, count, error);
      if (!waited.ok()) co_return waited.error();
    }
  }

 private:
  std::chrono::milliseconds backoff(int attempt);

  RetryOptions options_;
  std::function<std::string(std::size_t)> random_bytes_;
  RetryBudget budget_;
};

// When a response was made, by the clock of whoever made it: its Date, or `now` without one.
WallTime answered_at(const std::vector<HttpHeader>& headers, WallTime now);

// The delay that a response's Retry-After asks for: seconds or an HTTP date (RFC 9110), read against the
// response's own Date; also retry-after-ms and x-ms-retry-after-ms; nothing when absent or malformed.
std::optional<std::chrono::milliseconds> retry_after(const HttpResponse& response, WallTime now);

}  // namespace dev8agent::internal
