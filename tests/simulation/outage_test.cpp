// Azure away for ten minutes with a thousand operations in flight, and Retry-After to the letter.
#include <doctest/doctest.h>

#include <set>

#include "support/world.h"

using namespace dev8agent;
using namespace dev8agent::test;

TEST_CASE("an outage is met inside the retry budget and everything completes after it") {
  constexpr int kOperations = 1000;
  emulator::EmulatorOptions options;
  options.group_quota = 5000;
  options.core_quota = 50000;
  options.creates_per_5_minutes = 100000;
  options.creates_per_hour = 100000;
  World world(options);
  auto agent = world.agent();
  const TimePoint begun = world.clock().now();
  const TimePoint back = begun + std::chrono::minutes(10);
  std::uint64_t attempts = 0;
  std::set<TimePoint> moments;
  world.azure().set_fault_script([&](const HttpRequest&, std::uint64_t) {
    emulator::Fault fault;
    if (world.clock().now() >= back) return fault;
    ++attempts;
    moments.insert(world.clock().now());
    fault.kind = emulator::Fault::kRefuseConnection;
    return fault;
  });
  // One token first, so that the operations themselves meet the outage.
  std::vector<Operation<EnvironmentOutcome>> operations;
  for (int i = 0; i < kOperations; ++i) {
    operations.push_back(agent->create(create_request("outage-workspace-" + std::to_string(i))));
  }
  for (const auto& operation : operations) {
    const auto& created = world.finish(operation);
    REQUIRE_MESSAGE(created.ok(), created.error().message);
  }
  const RetryOptions budget;
  const int allowed = 2 * kOperations + budget.budget_capacity + budget.budget_refill_per_second * 600;
  CHECK(attempts > 0);
  CHECK(attempts <= static_cast<std::uint64_t>(allowed));
  CHECK(world.azure().groups().size() == kOperations);
  for (const auto& group : world.azure().groups()) CHECK(group.deployments == 1);
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
