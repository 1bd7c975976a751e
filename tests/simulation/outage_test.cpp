// Azure away for ten minutes with a thousand operations in flight, and Retry-After to the letter.
#include <doctest/doctest.h>

#include <map>

#include "support/world.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;

namespace {

emulator::EmulatorOptions roomy_azure() {
  emulator::EmulatorOptions options;
  options.group_quota = 5000;
  options.core_quota = 50000;
  options.creates_per_5_minutes = 100000;
  options.creates_per_hour = 100000;
  return options;
}

std::string id_of(int number) {
  return "outage-workspace-" + std::to_string(number);
}

}  // namespace

TEST_CASE("outage: retries stay within the budget, and all operations complete afterwards") {
  constexpr int kOfAKind = 250;
  constexpr auto kOutage = std::chrono::minutes(10);
  World world(roomy_azure());
  auto agent = world.agent();
  // Before the outage: the first 250 stopped, the next 500 running, the last 250 not there.
  std::vector<Operation<EnvironmentOutcome>> made;
  for (int i = 0; i < 3 * kOfAKind; ++i) made.push_back(agent->create(create_request(id_of(i))));
  for (const auto& operation : made) REQUIRE(world.finish(operation).ok());
  std::vector<Operation<Environment>> stopped;
  for (int i = 0; i < kOfAKind; ++i) stopped.push_back(agent->stop({id_of(i), ""}));
  for (const auto& operation : stopped) REQUIRE(world.finish(operation).ok());

  const TimePoint back = world.clock().now() + kOutage;
  int attempts = 0;
  world.azure().set_fault_script([&](const HttpRequest&, std::uint64_t) {
    emulator::Fault fault;
    if (world.clock().now() >= back) return fault;
    ++attempts;
    fault.kind = emulator::Fault::kRefuseConnection;
    return fault;
  });
  std::vector<Operation<EnvironmentOutcome>> brought_up;
  std::vector<Operation<Environment>> stops;
  std::vector<Operation<Deletion>> deletes;
  for (int i = 0; i < kOfAKind; ++i) {
    StartRequest start;
    start.id = id_of(i);
    brought_up.push_back(agent->start(std::move(start)));
    stops.push_back(agent->stop({id_of(kOfAKind + i), ""}));
    deletes.push_back(agent->remove({id_of(2 * kOfAKind + i), "", true}));
    brought_up.push_back(agent->create(create_request(id_of(3 * kOfAKind + i))));
  }
  // Every turn of the loop belongs to some attempt: asked for, sent, answered, reported, waited for.
  constexpr int kTurnsOfAnAttempt = 5;
  int turns = 0;
  while (world.clock().now() < back && world.clock().run_one()) ++turns;
  constexpr int kOperations = 4 * kOfAKind;
  const RetryOptions budget;
  const int seconds = static_cast<int>(std::chrono::seconds(kOutage).count());
  // Each operation asks two questions at first; all else is a retry.
  CHECK(attempts > 2 * kOperations);
  CHECK(attempts <= 2 * kOperations + budget.budget_capacity + budget.budget_refill_per_second * seconds);
  CHECK(turns <= kTurnsOfAnAttempt * attempts);

  const auto told = [&](const auto& operation) {
    const auto& result = world.finish(operation);
    CHECK_MESSAGE(result.ok(), result.error().message);
  };
  for (const auto& operation : brought_up) told(operation);
  for (const auto& operation : stops) told(operation);
  for (const auto& operation : deletes) told(operation);
  std::map<std::string, int> states;
  int deployments = 0;
  for (const auto& group : world.azure().groups()) {
    ++states[group.state];
    deployments += group.deployments;
  }
  CHECK(states == std::map<std::string, int>{{"Running", 2 * kOfAKind}, {"Stopped", kOfAKind}});
  CHECK(deployments == 4 * kOfAKind);  // each once, and those that were started a second time
}

TEST_CASE("Retry-After is obeyed to the letter, as seconds and as a date, also when long") {
  struct Row {
    const char* header;
    std::chrono::seconds wait;
  };
  // The virtual wall clock starts at 2026-01-15T08:30:00Z.
  for (const Row& row : {Row{"7", std::chrono::seconds(7)}, Row{"600", std::chrono::seconds(600)},
                         Row{"Thu, 15 Jan 2026 08:40:00 GMT", std::chrono::seconds(600)}}) {
    CAPTURE(row.header);
    World world;
    auto agent = world.agent();
    std::vector<TimePoint> asked;
    world.azure().set_fault_script([&](const HttpRequest& request, std::uint64_t) {
      emulator::Fault fault;
      if (request.label != "shares.create") return fault;
      asked.push_back(world.clock().now());
      if (asked.size() > 1) return fault;
      fault.kind = emulator::Fault::kStatus;
      fault.status = 429;
      fault.code = "TooManyRequests";
      fault.retry_after = row.header;
      return fault;
    });
    auto operation = agent->create(create_request("retry-after-1"));
    REQUIRE(world.finish(operation).ok());
    REQUIRE(asked.size() == 2);
    // The answer takes half the latency back; the look before the repeat takes one round trip.
    const auto slack = std::chrono::milliseconds(200);
    CHECK(asked[1] - asked[0] >= row.wait - slack);
    CHECK(asked[1] - asked[0] <= row.wait + slack);
  }
}
