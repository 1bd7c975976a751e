// A deadline tells the last failure, and what is unlikely to pass is tried a few times only.
#include <doctest/doctest.h>

#include "base/call.h"
#include "base/sender.h"
#include "base/signal.h"
#include "support/flow_bench.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;
using std::chrono::seconds;

namespace {

Error proxy_refusal() {
  Error error = make_error(ErrorCode::kAzureUnavailable, "the proxy refused the connection to a.example");
  error.retryable = true;
  error.lasting = true;
  error.azure_status = 403;
  error.azure_code = "Word";
  error.unresolved_host = "a.example";
  return error;
}

bool tells_proxy(const Error& error) {
  return error.message.find("the proxy refused the connection to a.example") != std::string::npos;
}

}  // namespace

TEST_CASE("deadline: a pause, a signal and a request that is not sent tell the last failure and its code") {
  FlowBench bench;
  auto call = bench.make_call(seconds(10));
  call->note_failure(proxy_refusal());
  bench.scheduler.advance(seconds(3));
  const auto paused = bench.run(pause(call, seconds(60)));
  REQUIRE_FALSE(paused.ok());
  CHECK(paused.error().code == ErrorCode::kTimeout);
  CHECK(tells_proxy(paused.error()));
  CHECK(paused.error().message.find("3 s before") != std::string::npos);
  CHECK(paused.error().azure_status == 403);
  CHECK(paused.error().azure_code == "Word");
  CHECK(paused.error().unresolved_host == "a.example");
  Signal signal;
  CHECK(tells_proxy(bench.run(signal.wait(call)).error()));
  TransportSender sender(bench.transport);
  CHECK(tells_proxy(bench.run(sender.send(call, HttpRequest{})).error()));
  CHECK(bench.transport->requests.empty());
}

TEST_CASE("deadline: that of a request under way tells the last failure, but no refusal") {
  FlowBench bench;
  auto call = bench.make_call(seconds(10));
  call->note_failure(proxy_refusal());
  bench.transport->answer = [](const HttpRequest&) { return std::nullopt; };
  TransportSender sender(bench.transport);
  const auto answer = bench.run(sender.send(call, HttpRequest{}));
  REQUIRE_FALSE(answer.ok());
  CHECK(tells_proxy(answer.error()));
  CHECK(answer.error().azure_status == 0);
}

TEST_CASE("retry: what is unlikely to pass ends after a few attempts, long before the deadline") {
  FlowBench bench;
  int attempts = 0;
  std::function<Task<Result<int>>()> attempt = [&]() -> Task<Result<int>> {
    ++attempts;
    co_return proxy_refusal();
  };
  const TimePoint begun = bench.scheduler.now();
  const auto outcome = bench.run(bench.retrier.run<int>(bench.make_call(), attempt));
  CHECK(tells_proxy(outcome.error()));
  CHECK(attempts == 5);
  CHECK(bench.scheduler.now() - begun < seconds(20));
}
