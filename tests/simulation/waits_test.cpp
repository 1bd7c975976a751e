// What an operation tells of a wait that Azure causes, wherever in the flow it waits.
#include <doctest/doctest.h>

#include "support/world.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;
using std::chrono::seconds;

namespace {

emulator::EmulatorOptions slow_azure() {
  emulator::EmulatorOptions options;
  options.provisioning_time = seconds(60);
  return options;
}

// The reports of one operation that announce a next attempt, and the last report of all.
struct Waits {
  std::vector<Progress> told;
  Progress last;

  CallOptions listen() {
    return {.on_progress = [this](const Progress& progress) {
      last = progress;
      if (progress.next_attempt_at) told.push_back(progress);
    }};
  }
};

// Answers requests with this label with 429, as often as `times` says.
emulator::FaultScript throttled(std::string label, std::shared_ptr<int> times, std::string retry_after) {
  return [=](const HttpRequest& request, std::uint64_t) {
    const bool strikes = request.label == label && *times > 0 && (*times)-- > 0;
    if (!strikes) return emulator::Fault{};
    return emulator::Fault{emulator::Fault::kStatus, 429, "TooManyRequests", retry_after};
  };
}

}  // namespace

TEST_CASE("waits: an operation that the pause of all reads holds up tells of it") {
  World world(slow_azure());
  auto agent = world.agent();
  Waits first;
  Waits second;
  auto one = agent->create(create_request("workspace-0001"), first.listen());
  REQUIRE(world.clock().run_until([&] { return world.has_group("workspace-0001"); }));
  const auto times = std::make_shared<int>(1);
  world.azure().set_fault_script(throttled("containerGroups.get", times, "20"));
  REQUIRE(world.clock().run_until([&] { return !first.told.empty(); }));
  // None of its own requests is refused.
  auto two = agent->create(create_request("workspace-0002"), second.listen());
  REQUIRE(world.finish(one).ok());
  REQUIRE(world.finish(two).ok());
  CHECK_FALSE(two.last_failure());
  for (const Waits* waits : {&first, &second}) {
    REQUIRE_FALSE(waits->told.empty());
    const Progress& wait = waits->told.back();
    CHECK(wait.stage == Stage::kProvisioning);
    CHECK(wait.detail.find("AZURE_THROTTLED") != std::string::npos);
    CHECK(wait.detail.find("Azure limits the rate of requests") != std::string::npos);
    CHECK_FALSE(waits->last.next_attempt_at);
  }
  CHECK(*second.told.back().next_attempt_at - *first.told.back().next_attempt_at < seconds(1));
}

TEST_CASE("waits: a refused read of the long-running operation is told") {
  World world(slow_azure());
  auto agent = world.agent();
  const auto times = std::make_shared<int>(1);
  world.azure().set_fault_script(throttled("operations.get", times, "7"));
  Waits waits;
  auto created = agent->create(create_request("workspace-0001"), waits.listen());
  REQUIRE(world.finish(created).ok());
  CHECK(*times == 0);
  REQUIRE(waits.told.size() == 1);
  CHECK(waits.told[0].detail.find("Azure answered 429 TooManyRequests") != std::string::npos);
  CHECK_FALSE(waits.last.next_attempt_at);
  CHECK(created.last_failure()->azure_code == "TooManyRequests");
}

TEST_CASE("waits: a write that is repeated tells of its wait only until that is over") {
  World world(slow_azure());
  auto agent = world.agent();
  const auto times = std::make_shared<int>(1);
  world.azure().set_fault_script(throttled("containerGroups.put", times, "5"));
  Waits waits;
  auto created = agent->create(create_request("workspace-0001"), waits.listen());
  REQUIRE(world.clock().run_until([&] { return !waits.told.empty(); }));
  const WallTime due = *waits.told[0].next_attempt_at;
  REQUIRE(world.clock().run_until([&] { return !waits.last.next_attempt_at; }));
  CHECK(world.clock().wall_now() - due < seconds(1));
  CHECK_FALSE(world.has_group("workspace-0001"));
  CHECK(world.finish(created).ok());
}
