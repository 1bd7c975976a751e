// Signal: who is woken, and who waits on.
#include "base/signal.h"

#include <doctest/doctest.h>

#include "support/flow_bench.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;
using std::chrono::seconds;

TEST_CASE("signal: wakes all who wait, from the queue, or the one who waits longest") {
  FlowBench bench;
  Signal signal;
  CHECK_FALSE(signal.notify_one());
  auto first = bench.start(signal.wait(bench.make_call()));
  auto second = bench.start(signal.wait(bench.make_call()));
  auto third = bench.start(signal.wait(bench.make_call()));
  CHECK(signal.notify_one());
  CHECK(first->has_value());
  CHECK_FALSE(second->has_value());
  signal.notify_all(bench.scheduler);
  CHECK_FALSE(second->has_value());
  bench.scheduler.advance(seconds(0));
  CHECK(second->value().ok());
  CHECK(third->value().ok());
  auto late = bench.start(signal.wait(bench.make_call(seconds(5))));
  bench.drain();
  CHECK(late->value().error().code == ErrorCode::kTimeout);
}

TEST_CASE("signal: a waiter added after notify_all waits for the next notification") {
  FlowBench bench;
  Signal signal;
  auto call = bench.make_call();
  auto cancelled = bench.start(signal.wait(call));
  signal.notify_all(bench.scheduler);
  call->cancellation->cancel("why");
  auto later = bench.start(signal.wait(bench.make_call(seconds(5))));
  bench.scheduler.advance(seconds(1));
  CHECK(cancelled->has_value());
  CHECK_FALSE(later->has_value());
}

TEST_CASE("signal: it may go while some wait; they end by their own limits") {
  FlowBench bench;
  auto signal = std::make_unique<Signal>();
  auto waiter = bench.start(signal->wait(bench.make_call(seconds(5))));
  signal->notify_all(bench.scheduler);
  signal.reset();
  bench.drain();
  CHECK(waiter->has_value());
}
