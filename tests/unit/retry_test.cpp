// When to try again: Retry-After exactly, back-off with jitter, a budget over all, and never past the
// deadline.
#include "base/retry.h"

#include <doctest/doctest.h>

#include "support/flow_bench.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

Error passing(std::optional<milliseconds> after = std::nullopt) {
  Error error = make_error(ErrorCode::kAzureUnavailable, "try again");
  error.retryable = true;
  error.retry_after = after;
  return error;
}

// How long the wait before attempt `attempt` + 1 takes; -1 ns when it is refused.
std::chrono::nanoseconds wait(FlowBench& bench, int attempt, const Error& error, CallPtr call = nullptr) {
  const TimePoint begun = bench.scheduler.now();
  const auto waited = bench.run(bench.retrier.wait(call ? call : CallPtr(bench.make_call()), attempt, error));
  return waited.ok() ? bench.scheduler.now() - begun : std::chrono::nanoseconds(-1);
}

Task<Result<int>> fail_until(Scheduler* scheduler, TimePoint healthy,
                             std::shared_ptr<std::vector<TimePoint>> attempts) {
  attempts->push_back(scheduler->now());
  if (scheduler->now() < healthy) co_return passing();
  co_return 1;
}

}  // namespace

TEST_CASE("retry: Retry-After is obeyed exactly, long ones too") {
  FlowBench bench;
  for (const milliseconds span : {milliseconds(1), milliseconds(17000), milliseconds(600000)}) {
    CHECK(wait(bench, 1, passing(span)) == span);
    CHECK(wait(bench, 9, passing(span)) == span);
  }
}

TEST_CASE("retry: Retry-After 0, or a date that has passed, is no leave for a hot loop") {
  FlowBench bench;
  CHECK(wait(bench, 1, passing(milliseconds(0))) >= milliseconds(200));
  CHECK(wait(bench, 9, passing(milliseconds(0))) >= seconds(15));
}

TEST_CASE("retry: a delay past the deadline fails at once with the error itself") {
  FlowBench bench;
  auto call = bench.make_call(seconds(10));
  const TimePoint begun = bench.scheduler.now();
  const auto refused = bench.run(bench.retrier.wait(call, 1, passing(seconds(11))));
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == ErrorCode::kAzureUnavailable);
  CHECK(refused.error().retry_after == seconds(11));
  CHECK(bench.scheduler.now() == begun);
  CHECK(bench.run(bench.retrier.wait(call, 1, passing(seconds(10)))).ok());
}

TEST_CASE("retry: what is not retryable, cancelled or timed out is not tried again") {
  FlowBench bench;
  Error final = passing();
  final.retryable = false;
  CHECK(wait(bench, 1, final).count() == -1);
  for (ErrorCode code : {ErrorCode::kCancelled, ErrorCode::kTimeout}) {
    Error error = passing();
    error.code = code;
    CHECK(wait(bench, 1, error).count() == -1);
  }
  auto call = bench.make_call();
  auto waiting = bench.start(bench.retrier.wait(call, 1, passing(seconds(60))));
  call->cancellation->cancel("why");
  CHECK(waiting->value().error().code == ErrorCode::kCancelled);
}

TEST_CASE("retry: the back-off doubles up to its cap, with jitter between a quarter and the whole") {
  FlowBench bench;
  double ceiling = 800;
  for (int attempt = 1; attempt < 14; ++attempt) {
    double lowest = 1e9;
    double highest = 0;
    for (int i = 0; i < 30; ++i) {
      const double taken = static_cast<double>(wait(bench, attempt, passing()).count()) / 1e6;
      lowest = std::min(lowest, taken);
      highest = std::max(highest, taken);
    }
    CAPTURE(attempt);
    CHECK(lowest >= ceiling / 4);
    CHECK(highest <= ceiling + 1);
    CHECK(highest > lowest * 1.3);
    ceiling = std::min(ceiling * 2, 60000.0);
  }
  CHECK(wait(bench, 1000000, passing()) <= seconds(61));
}

TEST_CASE("retry: a thousand operations in an outage make a bounded number of attempts") {
  FlowBench bench;
  const TimePoint begun = bench.scheduler.now();
  auto attempts = std::make_shared<std::vector<TimePoint>>();
  const TimePoint healthy = begun + seconds(120);
  std::vector<std::shared_ptr<std::optional<Result<int>>>> outcomes;
  for (int i = 0; i < 1000; ++i) {
    std::function<Task<Result<int>>()> attempt = [&bench, healthy, attempts] {
      return fail_until(&bench.scheduler, healthy, attempts);
    };
    outcomes.push_back(bench.start(bench.retrier.run<int>(bench.make_call(), attempt)));
  }
  bench.drain();
  for (const auto& outcome : outcomes) CHECK(outcome->value().ok());
  for (int second = 1; second <= 120; second += 7) {
    const auto until = begun + seconds(second);
    const auto made =
        std::count_if(attempts->begin(), attempts->end(), [&](TimePoint at) { return at <= until; });
    CAPTURE(second);
    CHECK(made - 1000 <= bench.retry_options.budget_capacity +
                             bench.retry_options.budget_refill_per_second * static_cast<long>(second));
  }
}

TEST_CASE("retry budget: spaces by its refill, and never refuses") {
  RetryBudget budget(2, 10);
  const TimePoint now = TimePoint(seconds(1000));
  CHECK(budget.reserve(now) == now);
  CHECK(budget.reserve(now) == now);
  for (int i = 1; i <= 50; ++i) {
    const auto off = budget.reserve(now) - (now + milliseconds(100 * i));
    CHECK(std::abs(off.count()) < 1000);
  }
  const TimePoint later = now + seconds(1000);
  CHECK(budget.reserve(later) == later);
  CHECK(budget.reserve(later) == later);
  CHECK(budget.reserve(later) > later);
}

TEST_CASE("retry: retries that are refused for their deadline leave no debt for the others") {
  FlowBench bench;
  const int promised = bench.retry_options.budget_capacity + 3 * bench.retry_options.budget_refill_per_second;
  std::vector<std::shared_ptr<std::optional<Status>>> waiting;
  for (int i = 0; i < promised; ++i)
    waiting.push_back(bench.start(bench.retrier.wait(bench.make_call(), 1, passing(milliseconds(1)))));
  const auto hasty = bench.make_call(seconds(1));
  for (int i = 0; i < 10000; ++i)
    CHECK_FALSE(bench.run(bench.retrier.wait(hasty, 1, passing(milliseconds(1)))).ok());
  CHECK(wait(bench, 1, passing(milliseconds(1))) < seconds(4));
}

TEST_CASE("retry: run counts attempts, stops at the deadline and returns the last error") {
  FlowBench bench;
  auto attempts = std::make_shared<std::vector<TimePoint>>();
  std::function<Task<Result<int>>()> attempt = [&] {
    return fail_until(&bench.scheduler, TimePoint::max(), attempts);
  };
  auto call = bench.make_call(seconds(30));
  const auto outcome = bench.run(bench.retrier.run<int>(call, attempt));
  REQUIRE_FALSE(outcome.ok());
  CHECK(outcome.error().code == ErrorCode::kAzureUnavailable);
  CHECK(outcome.error().attempts == static_cast<int>(attempts->size()));
  CHECK(attempts->size() > 3);
  CHECK(bench.scheduler.now() <= call->deadline);
}
