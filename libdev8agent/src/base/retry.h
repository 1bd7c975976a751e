// When to try again: exponential back-off with jitter, Retry-After obeyed, and a budget that all calls of one
// orchestrator share, so that an outage of Azure is met with a bounded rate of attempts. Loop thread only.
//
// Reads are repeated by Retrier::run(). Writes are not repeated blindly, because the first attempt may have
// taken effect: the flow waits with Retrier::wait(), observes, and decides again (orchestrator/writes.cpp).
//
//   std::function<Task<Result<Page>>()> attempt = [this, call] { return read_page(call); };
//   auto page = co_await retrier.run<Page>(call, std::move(attempt));
#pragma once

#include <algorithm>
#include <functional>
#include <memory>

#include "base/call.h"
#include "base/task.h"
#include "dev8agent/options.h"

namespace dev8agent::internal {

// A token bucket that hands out points in time: it never refuses a retry, it only spaces retries out. With
// the defaults of RetryOptions, 500 retries may go at once and 10 a second after that, whatever the number of
// operations that Azure's outage has hit.
class RetryBudget {
 public:
  // Both at least 1. It begins full: `capacity` retries may go at once.
  RetryBudget(int capacity, int refill_per_second);
  // The earliest time at which a retry asked for now may go out; takes one token.
  TimePoint reserve(TimePoint now);
  // Returns the token of a retry that is not going out after all.
  void give_back() { tokens_ += 1; }

 private:
  double capacity_;
  double per_second_;
  double tokens_;        // negative: promised ahead
  TimePoint updated_{};  // when tokens_ was last counted; zero before the first reserve()
};

// The retry policy of one orchestrator. Must outlive the tasks that it returns.
class Retrier {
 public:
  // `random_bytes` gives the jitter: AgentOptions::random_bytes.
  Retrier(const RetryOptions& options, std::function<std::string(std::size_t)> random_bytes);

  // Waits before attempt number `attempt` + 1 (1 for the first retry) after `error`: for error.retry_after if
  // that is more than zero, else for the back-off, and longer when the budget is used up. Notes `error` in
  // the call as its last failure and tells of the wait. Fails with `error` itself when a
  // repeat is of no use: it is not retryable, the wait would pass the deadline, or it is unlikely to pass by
  // itself and was the fifth (Error::lasting, or a 4xx without Azure's code). Fails with kCancelled when the
  // call is cancelled. kTimeout and kCancelled are never repeated.
  Task<Status> wait(CallPtr call, int attempt, Error error);

  // Runs `attempt` until it succeeds or fails for good. Only for what may be repeated blindly: reads. The
  // error says in Error::attempts and Error::elapsed what was tried. `attempt` is called once for each
  // attempt.
  template <class T>
  Task<Result<T>> run(CallPtr call, std::function<Task<Result<T>>()> attempt) {
    const TimePoint begun = call->now();
    for (int count = 1;; ++count) {
      auto result = co_await attempt();
      if (result.ok() && count > 1) call->tell_retry(std::nullopt);
      if (result.ok()) co_return result;
      Error error = std::move(result).error();
      error.attempts = count;
      error.elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(call->now() - begun);
      auto waited = co_await wait(call, count, error);
      if (!waited.ok()) co_return waited.error();
    }
  }

 private:
  // A random span between a quarter of the present ceiling and all of it. The ceiling is base_delay for the
  // first retry, doubles with each, and ends at max_delay.
  std::chrono::milliseconds backoff(int attempt);

  RetryOptions options_;
  std::function<std::string(std::size_t)> random_bytes_;
  RetryBudget budget_;  // shared by all calls that come here
};

// When a response was made, by the clock of whoever made it: its Date, or `now` when that is absent or
// malformed.
WallTime answered_at(const std::vector<HttpHeader>& headers, WallTime now);

// The delay that a response's Retry-After asks for: seconds or an HTTP date (RFC 9110, 10.2.3), read against
// the response's own Date. retry-after-ms and x-ms-retry-after-ms, in milliseconds, go before it. Nothing
// when absent or malformed; zero for a date that has passed. A number beyond ten years counts as ten years.
std::optional<std::chrono::milliseconds> retry_after(const HttpResponse& response, WallTime now);

}  // namespace dev8agent::internal
