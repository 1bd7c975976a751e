// KeyedLock: order, deadlines, cancelled and destroyed waiters, destroyed holders.
#include "base/signal.h"

#include <doctest/doctest.h>

#include "support/flow_bench.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;
using std::chrono::seconds;

namespace {

struct LockBench : FlowBench {
  KeyedLock lock{scheduler};
  std::shared_ptr<std::string> log = std::make_shared<std::string>();

  // The lock goes after those who hold it.
  ~LockBench() { drain(); }

  // Takes `key`, notes `name` and holds it for `span`.
  static Task<Status> hold(KeyedLock* lock, CallPtr call, std::string key, std::string name, seconds span,
                           std::shared_ptr<std::string> log) {
    auto held = co_await lock->acquire(call, key);
    if (!held.ok()) {
      *log += "(" + name + ")";
      co_return held.error();
    }
    *log += name;
    auto limits = std::make_shared<Call>(*call);
    limits->deadline = TimePoint::max();
    const CallPtr unlimited = limits;
    auto waited = co_await pause(unlimited, span);
    *log += "-";
    co_return waited;
  }
  std::shared_ptr<std::optional<Status>> take(const std::string& name, seconds span = seconds(1),
                                              CallPtr call = nullptr, const std::string& key = "k") {
    return start(hold(&lock, call ? call : CallPtr(make_call()), key, name, span, log));
  }
};

}  // namespace

TEST_CASE("lock: one at a time in the order of asking, keys apart") {
  LockBench bench;
  bench.take("a");
  bench.take("b");
  bench.take("c");
  bench.take("X", seconds(1), nullptr, "other key");
  CHECK(*bench.log == "aX");
  bench.drain();
  CHECK(*bench.log == "aX-b--c-");
  bench.take("d");
  CHECK(bench.log->ends_with("d"));
}

TEST_CASE("lock: waiters are served in order, also in the turn of the release") {
  LockBench bench;
  bench.take("a", seconds(1));
  bench.take("b", seconds(1));
  bench.scheduler.call_at(bench.scheduler.now() + seconds(1), [&] { bench.take("c"); });
  bench.drain();
  CHECK(*bench.log == "a-b-c-");
}

TEST_CASE("lock: waiters that are cancelled or late are passed over") {
  LockBench bench;
  auto call = bench.make_call();
  bench.take("a", seconds(10));
  auto cancelled = bench.take("b", seconds(1), call);
  auto late = bench.take("c", seconds(1), bench.make_call(seconds(3)));
  auto patient = bench.take("d");
  call->cancellation->cancel("why");
  CHECK(cancelled->value().error().code == ErrorCode::kCancelled);
  bench.drain();
  CHECK(late->value().error().code == ErrorCode::kTimeout);
  CHECK(patient->value().ok());
  CHECK(*bench.log == "a(b)(c)-d-");
}

TEST_CASE(
    "lock: cancelling the holder frees the key; cancelling in the turn of the hand-over loses nothing") {
  LockBench bench;
  auto holder = bench.make_call();
  auto next = bench.make_call();
  bench.take("a", seconds(100), holder);
  bench.take("b", seconds(1), next);
  bench.take("c");
  holder->cancellation->cancel("why");
  next->cancellation->cancel("why");
  bench.drain();
  CHECK(*bench.log == "a-(b)c-");
}

TEST_CASE("lock: destroyed holders and waiters free the key") {
  LockBench bench;
  auto holder = std::make_unique<TaskSet>();
  auto waiter = std::make_unique<TaskSet>();
  holder->start(LockBench::hold(&bench.lock, bench.make_call(), "k", "a", seconds(100), bench.log));
  waiter->start(LockBench::hold(&bench.lock, bench.make_call(), "k", "b", seconds(100), bench.log));
  bench.take("c");
  waiter.reset();
  CHECK(*bench.log == "a");
  holder.reset();
  bench.drain();
  CHECK(*bench.log == "ac-");
}

TEST_CASE("lock: ten thousand in a row end in order and leave nothing behind") {
  LockBench bench;
  for (int i = 0; i < 10000; ++i) bench.take(i % 2 ? "o" : "e", seconds(0));
  bench.drain();
  CHECK(bench.log->size() == 20000);
  CHECK(bench.log->starts_with("e-o-e-o-"));
  bench.take("z");
  CHECK(bench.log->ends_with("z"));
}

TEST_CASE("lock: it may go after its waiters, with a release still in the queue") {
  FlowBench bench;
  auto lock = std::make_unique<KeyedLock>(bench.scheduler);
  auto log = std::make_shared<std::string>();
  {
    TaskSet set;
    set.start(LockBench::hold(lock.get(), bench.make_call(), "k", "a", seconds(1), log));
  }
  lock.reset();
  bench.drain();
  CHECK(*log == "a");
}
