// Operations that do not begin at once (CallOptions::start_after): what lets them begin, in which order, and
// what ends them before.
#include <doctest/doctest.h>

#include "support/world.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;

namespace {

const std::string kId = "workspace-0001";

}  // namespace

TEST_CASE("operations: those of a burst start when no more come, and none waits for ever") {
  World world;
  auto agent = world.agent();
  CallOptions options;
  options.start_after = std::chrono::milliseconds(100);
  std::vector<Operation<EnvironmentOutcome>> burst;
  const auto come = [&] {
    burst.push_back(
        agent->create(create_request("workspace-" + std::to_string(1000 + burst.size())), options));
  };
  const auto come_often = [&](int count) {
    for (int i = 0; i < count; ++i) {
      come();
      world.clock().advance(std::chrono::milliseconds(60));
    }
  };
  // A request counts when it is answered.
  const auto until_told = std::chrono::milliseconds(1) + world.azure().options().latency;
  come_often(5);
  world.clock().advance(std::chrono::milliseconds(39));
  CHECK(world.azure().calls().empty());
  world.clock().advance(until_told);
  CHECK_FALSE(world.azure().calls().empty());
  for (auto& created : burst) REQUIRE(world.finish(created).ok());

  world.azure().clear_calls();
  burst.clear();
  come_often(6);
  come();
  world.clock().advance(std::chrono::milliseconds(39));
  CHECK(world.azure().calls().empty());
  world.clock().advance(until_told);
  CHECK_FALSE(world.azure().calls().empty());
}

TEST_CASE("operations: those that wait for a burst begin in the order of their calls") {
  for (const auto second : {std::chrono::milliseconds(100), std::chrono::milliseconds(0)}) {
    CAPTURE(second.count());
    World world;
    auto agent = world.agent();
    auto created = agent->create(create_request(kId));
    REQUIRE(world.finish(created).ok());
    CallOptions held_back;
    held_back.start_after = std::chrono::milliseconds(100);
    auto stopped = agent->stop(StopRequest{kId, "eastus"}, held_back);
    world.clock().advance(std::chrono::milliseconds(20));
    StartRequest start;
    start.id = kId;
    CallOptions options;
    options.start_after = second;
    auto started = agent->start(std::move(start), options);
    REQUIRE(world.finish(stopped).ok());
    REQUIRE(world.finish(started).ok());
    CHECK(world.group(kId).state == "Running");
    CHECK(world.count("ContainerGroups_Stop") == 1);
    CHECK(world.count("ContainerGroups_Start") == 1);
  }
}

TEST_CASE("operations: those that wait for a burst end with the orchestrator") {
  World world;
  auto agent = world.agent();
  CallOptions held_back;
  held_back.start_after = std::chrono::milliseconds(100);
  auto created = agent->create(create_request(kId), held_back);
  world.clock().advance(std::chrono::milliseconds(20));
  REQUIRE_FALSE(created.done());
  agent.reset();
  REQUIRE(created.done());
  CHECK(created.get().error().code == ErrorCode::kCancelled);
  world.clock().advance(std::chrono::seconds(1));
  CHECK(world.azure().calls().empty());
}

TEST_CASE("operations: one that starts later asks nothing of Azure before, and can be cancelled meanwhile") {
  World world;
  auto agent = world.agent();
  CallOptions options;
  options.start_after = std::chrono::milliseconds(100);
  auto created = agent->create(create_request(kId), options);
  world.clock().advance(std::chrono::milliseconds(99));
  CHECK(world.count("ContainerGroups_Get") + world.count("ContainerGroups_ListByResourceGroup") == 0);
  CHECK(world.count("Share_Create") == 0);
  REQUIRE(world.finish(created).ok());
  auto stopped = agent->stop({kId, ""}, options);
  stopped.cancel();
  CHECK(world.finish(stopped).error().code == ErrorCode::kCancelled);
  CHECK(world.count("ContainerGroups_Stop") == 0);
  auto broken = agent->stop({"x", ""}, options);
  CHECK(broken.done());
}
