// Waits that respect a call's deadline and cancellation.
#include "base/call.h"

#include <doctest/doctest.h>

#include "base/sender.h"
#include "support/flow_bench.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

// Ends its own call's cancellation from inside the wait's end: the last owner goes while cancel() is at work.
Task<Status> wait_and_let_go(std::shared_ptr<CallPtr> owner) {
  CallPtr call = *owner;
  auto waited = co_await pause(call, seconds(10));
  owner->reset();
  co_return waited;
}

}  // namespace

TEST_CASE("pause: waits for its span, or fails at once when the deadline comes first") {
  FlowBench bench;
  auto call = bench.make_call(seconds(10));
  const TimePoint begun = bench.scheduler.now();
  CHECK(bench.run(pause(call, seconds(4))).ok());
  CHECK(bench.scheduler.now() - begun == seconds(4));
  const auto late = bench.run(pause(call, milliseconds(6001)));
  REQUIRE_FALSE(late.ok());
  CHECK(late.error().code == ErrorCode::kTimeout);
  CHECK(late.error().retryable);
  CHECK(bench.scheduler.now() - begun == seconds(4));
  CHECK(bench.run(pause(call, seconds(6))).ok());
  CHECK(bench.run(pause(call, seconds(0))).ok());
  CHECK(bench.run(pause(call, milliseconds(1))).error().code == ErrorCode::kTimeout);
}

TEST_CASE("pause: a call without a deadline may wait for long") {
  FlowBench bench;
  auto call = std::make_shared<Call>();
  call->scheduler = &bench.scheduler;
  CHECK(bench.run(pause(call, std::chrono::hours(24 * 365))).ok());
}

TEST_CASE("pause: cancelled while waiting and before, with the reason, and no timer stays") {
  FlowBench bench;
  auto call = bench.make_call();
  auto first = bench.start(pause(call, seconds(10)));
  auto second = bench.start(pause(call, seconds(20)));
  bench.scheduler.advance(seconds(1));
  CHECK_FALSE(first->has_value());
  call->cancellation->cancel("the caller went");
  call->cancellation->cancel("again");
  REQUIRE(first->has_value());
  REQUIRE(second->has_value());
  CHECK((*first)->error().code == ErrorCode::kCancelled);
  CHECK((*first)->error().message == "the caller went");
  CHECK_FALSE(bench.scheduler.run_one());
  const auto after = bench.run(pause(call, seconds(1)));
  CHECK(after.error().code == ErrorCode::kCancelled);
  CHECK(after.error().message == "the caller went");
}

TEST_CASE("cancellation: callbacks may go, come and cancel again while it runs") {
  Cancellation cancellation;
  std::string order;
  Cancellation::Registration first;
  Cancellation::Registration second;
  Cancellation::Registration third;
  first = cancellation.on_cancel([&] {
    order += "1";
    first.reset();
    third.reset();
    cancellation.cancel("again");
  });
  second = cancellation.on_cancel([&] {
    order += "2";
    second.reset();
  });
  third = cancellation.on_cancel([&] { order += "3"; });
  cancellation.cancel("why");
  CHECK(order == "12");
  CHECK(cancellation.why() == "why");
}

TEST_CASE("cancellation: moving a registration keeps it, dropping it takes it away") {
  Cancellation cancellation;
  int calls = 0;
  {
    auto dropped = cancellation.on_cancel([&] { calls += 100; });
    Cancellation::Registration empty;
    empty = std::move(dropped);
  }
  Cancellation::Registration kept;
  kept = cancellation.on_cancel([&] {
    ++calls;
    kept.reset();
  });
  cancellation.cancel("why");
  CHECK(calls == 1);
}

TEST_CASE("cancellation: its caller keeps it alive; the waits may let go of theirs meanwhile") {
  FlowBench bench;
  auto owner = std::make_shared<CallPtr>(bench.make_call());
  auto outcome = bench.start(wait_and_let_go(owner));
  const std::shared_ptr<Cancellation> cancellation = (*owner)->cancellation;
  cancellation->cancel("why");
  REQUIRE(outcome->has_value());
  CHECK((*outcome)->error().code == ErrorCode::kCancelled);
}

TEST_CASE("sender: the request's deadline is the call's when that is earlier, and a late one is not sent") {
  FlowBench bench;
  TransportSender sender(bench.transport);
  bench.transport->answer = [](const HttpRequest&) { return reply(200, "x"); };
  auto call = bench.make_call(seconds(10));
  HttpRequest request;
  request.deadline = TimePoint::max();
  CHECK(bench.run(sender.send(call, request)).ok());
  CHECK(bench.transport->requests.back().deadline == call->deadline);
  request.deadline = bench.scheduler.now() + seconds(1);
  CHECK(bench.run(sender.send(call, request)).ok());
  CHECK(bench.transport->requests.back().deadline == request.deadline);
  bench.scheduler.advance(seconds(30));
  const auto late = bench.run(sender.send(call, request));
  CHECK(late.error().code == ErrorCode::kTimeout);
  CHECK(bench.transport->requests.size() == 2);
}

TEST_CASE("sender: a cancelled call cancels its request; an ended frame too") {
  FlowBench bench;
  TransportSender sender(bench.transport);
  bench.transport->answer = [](const HttpRequest&) { return std::nullopt; };
  auto call = bench.make_call();
  auto outcome = bench.start(sender.send(call, HttpRequest{}));
  call->cancellation->cancel("why");
  CHECK((*outcome)->error().code == ErrorCode::kCancelled);
  CHECK(bench.transport->cancelled == 1);
  {
    TaskSet set;
    set.start(sender.send(bench.make_call(), HttpRequest{}));
  }
  CHECK(bench.transport->cancelled == 2);
  CHECK_FALSE(bench.scheduler.run_one());
}
