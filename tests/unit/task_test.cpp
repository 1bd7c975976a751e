// Coroutines: lazy tasks, joins, and frames that are destroyed where they are suspended.
#include "base/task.h"

#include <doctest/doctest.h>

#include "support/flow_bench.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;
using std::chrono::seconds;

namespace {

// Counts itself while it lives.
struct Alive {
  explicit Alive(std::shared_ptr<int> counter) : count(std::move(counter)) { ++*count; }
  Alive(Alive&& other) noexcept : count(std::move(other.count)) {}
  ~Alive() {
    if (count) --*count;
  }
  std::shared_ptr<int> count;
};

Task<int> at_once(int value) {
  co_return value;
}

Task<int> after(CallPtr call, seconds span, int value, std::shared_ptr<int> count) {
  Alive alive(count);
  auto waited = co_await pause(call, span);
  co_return waited.ok() ? value : -1;
}

Task<int> noting(std::shared_ptr<int> runs) {
  ++*runs;
  co_return *runs;
}

Task<std::string> nested(CallPtr call, int depth, std::shared_ptr<int> count) {
  Alive alive(count);
  if (depth == 0) {
    auto waited = co_await pause(call, seconds(1));
    co_return waited.ok() ? "." : "x";
  }
  auto inner = co_await nested(call, depth - 1, count);
  co_return inner + "-";
}

Task<std::unique_ptr<int>> move_only(int value) {
  co_return std::make_unique<int>(value);
}

}  // namespace

TEST_CASE("task: nothing runs before it is awaited, and a dropped task never does") {
  FlowBench bench;
  auto runs = std::make_shared<int>(0);
  {
    auto dropped = noting(runs);
    bench.drain();
  }
  CHECK(*runs == 0);
  CHECK(bench.run(noting(runs)) == 1);
  CHECK(*bench.run(move_only(7)) == 7);
}

TEST_CASE("task: a chain may be deep, and long in time") {
  FlowBench bench;
  auto count = std::make_shared<int>(0);
  CHECK(bench.run(nested(bench.make_call(), 1000, count)).size() == 1001);
  CHECK(*count == 0);
}

TEST_CASE("when_all: results in the order of the tasks, whichever ends first") {
  FlowBench bench;
  auto count = std::make_shared<int>(0);
  auto call = bench.make_call();
  SUBCASE("none") {
    CHECK(bench.run(when_all(std::vector<Task<int>>())).empty());
  }
  SUBCASE("all at once") {
    std::vector<Task<int>> tasks;
    for (int i = 0; i < 100; ++i) tasks.push_back(at_once(i));
    const auto results = bench.run(when_all(std::move(tasks)));
    REQUIRE(results.size() == 100);
    for (int i = 0; i < 100; ++i) CHECK(results[static_cast<std::size_t>(i)] == i);
  }
  SUBCASE("the last first, and some at once") {
    std::vector<Task<int>> tasks;
    tasks.push_back(after(call, seconds(3), 3, count));
    tasks.push_back(at_once(0));
    tasks.push_back(after(call, seconds(1), 1, count));
    tasks.push_back(at_once(5));
    const TimePoint begun = bench.scheduler.now();
    CHECK(bench.run(when_all(std::move(tasks))) == std::vector<int>{3, 0, 1, 5});
    CHECK(bench.scheduler.now() - begun == seconds(3));
  }
  SUBCASE("one alone") {
    std::vector<Task<int>> tasks;
    tasks.push_back(after(call, seconds(1), 9, count));
    CHECK(bench.run(when_all(std::move(tasks))) == std::vector<int>{9});
  }
  CHECK(*count == 0);
}

TEST_CASE("when_all: cancelled while all wait, it ends with all of them") {
  FlowBench bench;
  auto count = std::make_shared<int>(0);
  auto call = bench.make_call();
  std::vector<Task<int>> tasks;
  for (int i = 0; i < 10; ++i) tasks.push_back(after(call, seconds(100 + i), i, count));
  auto joined = bench.start(when_all(std::move(tasks)));
  bench.scheduler.advance(seconds(1));
  CHECK(*count == 10);
  call->cancellation->cancel("enough");
  REQUIRE(joined->has_value());
  CHECK(**joined == std::vector<int>(10, -1));
  CHECK(*count == 0);
  CHECK_FALSE(bench.scheduler.run_one());
}

TEST_CASE("task set: destroying it ends suspended frames, their timers and their children") {
  FlowBench bench;
  auto count = std::make_shared<int>(0);
  auto call = bench.make_call();
  {
    TaskSet set;
    set.start(after(call, seconds(1), 1, count));
    set.start(nested(call, 50, count));
    std::vector<Task<int>> tasks;
    tasks.push_back(after(call, seconds(5), 1, count));
    tasks.push_back(at_once(2));
    tasks.push_back(after(call, seconds(6), 1, count));
    set.start(when_all(std::move(tasks)));
    CHECK(set.size() == 3);
    CHECK(*count == 54);
  }
  CHECK(*count == 0);
  CHECK_FALSE(bench.scheduler.run_one());
  call->cancellation->cancel("nobody listens");
}

TEST_CASE("task set: a finished task leaves it, also one that never waited") {
  FlowBench bench;
  TaskSet set;
  set.start(at_once(1));
  CHECK(set.size() == 0);
  auto count = std::make_shared<int>(0);
  set.start(after(bench.make_call(), seconds(1), 1, count));
  CHECK(set.size() == 1);
  bench.drain();
  CHECK(set.size() == 0);
  CHECK(*count == 0);
}
