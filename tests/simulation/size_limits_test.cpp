// The operator's limits of sizes (AgentOptions::size_limits): creates and changed sizes keep to them; larger
// environments that are there keep their own.
#include <doctest/doctest.h>

#include "support/world.h"

using namespace dev8agent;
using namespace dev8agent::test;

namespace {

const std::string kId = "workspace-0001";

AgentTweaks limited() {
  AgentTweaks tweaks;
  tweaks.adjust = [](AgentOptions& options) {
    options.size_limits = {.cpu_cores = 2, .memory_gb = 4, .storage_gb = 20};
  };
  return tweaks;
}

CreateRequest large() {
  CreateRequest request = create_request(kId);
  request.spec.cpu_cores = 4, request.spec.memory_gb = 8, request.spec.storage_gb = 50;
  return request;
}

Result<EnvironmentOutcome> start(World& world, EnvironmentOrchestrator& agent, SpecChanges changes,
                                 Secret token = {}) {
  StartRequest request{.id = kId, .changes = std::move(changes)};
  request.secrets.github_token = std::move(token);
  auto operation = agent.start(std::move(request));
  const auto& started = world.finish(operation);
  return started.ok() ? Result(started->copy()) : Result<EnvironmentOutcome>(started.error());
}

void stop(World& world, EnvironmentOrchestrator& agent) {
  auto operation = agent.stop({kId, ""});
  REQUIRE(world.finish(operation).ok());
}

// An agent whose operator allows less than the environment that is there has.
std::unique_ptr<EnvironmentOrchestrator> limited_after_large(World& world) {
  auto generous = world.agent();
  auto made = generous->create(large());
  REQUIRE(world.finish(made).ok());
  return world.agent(limited());
}

}  // namespace

TEST_CASE("size limits: a create above them is refused, and makes nothing") {
  World world;
  auto agent = world.agent(limited());
  for (const std::string& id : {std::string(), kId}) {
    CAPTURE(id);
    CreateRequest request = large();
    request.id = id;
    auto refused = agent->create(std::move(request));
    const auto& outcome = world.finish(refused);
    REQUIRE_FALSE(outcome.ok());
    CHECK(outcome.error().code == ErrorCode::kInvalidRequest);
    CHECK(outcome.error().fields ==
          std::vector<FieldError>{{"cpuCores", "must be at most 2 cores on this agent"},
                                  {"memoryGB", "must be at most 4 GB on this agent"},
                                  {"storageGB", "must be at most 20 GB on this agent"}});
    // Only an id that may be there is looked for.
    CHECK(world.azure().calls().empty() == id.empty());
  }
  CHECK_FALSE(world.has_share(kId));
  CHECK(world.azure().groups().empty());
  auto made = agent->create(create_request(kId));
  CHECK(world.finish(made).ok());
}

TEST_CASE("size limits: a larger environment is shown, stopped, started with its own size and deleted") {
  World world;
  auto agent = limited_after_large(world);
  auto found = agent->get({kId, ""});
  const auto& shown = world.finish(found);
  REQUIRE(shown.ok());
  CHECK(shown->cpu_cores == 4);
  stop(world, *agent);
  REQUIRE(start(world, *agent, {}).ok());
  stop(world, *agent);
  // With all sizes named, and with a new container.
  const auto same = start(world, *agent, {.cpu_cores = 4, .memory_gb = 8, .storage_gb = 50}, Secret("token"));
  REQUIRE_MESSAGE(same.ok(), same.error().message);
  CHECK(same->environment.cpu_cores == 4);
  CHECK(world.group(kId).cpu == 4);
  auto removed = agent->remove({.id = kId, .force = true});
  CHECK(world.finish(removed).ok());
}

TEST_CASE("size limits: a start changes no size to more than they allow, and nothing else either") {
  World world;
  auto agent = limited_after_large(world);
  for (const bool running : {true, false}) {
    CAPTURE(running);
    if (!running) stop(world, *agent);
    const auto refused = start(world, *agent, {.name = "Other", .cpu_cores = 3, .storage_gb = 60});
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == ErrorCode::kInvalidRequest);
    CHECK(refused.error().fields ==
          std::vector<FieldError>{{"cpuCores", "must be at most 2 cores on this agent"},
                                  {"storageGB", "must be at most 20 GB on this agent"}});
  }
  const auto smaller = start(world, *agent, {.cpu_cores = 2, .memory_gb = 4});
  REQUIRE_MESSAGE(smaller.ok(), smaller.error().message);
  CHECK(smaller->environment.cpu_cores == 2);
  CHECK(smaller->environment.storage_gb == 50);
  CHECK(smaller->environment.name == create_request(kId).spec.name);
}

TEST_CASE("size limits: a create is repeated where the environment has its sizes already") {
  World world;
  auto agent = limited_after_large(world);
  for (const bool running : {true, false}) {
    CAPTURE(running);
    if (!running) stop(world, *agent);
    auto repeated = agent->create(large());
    const auto& outcome = world.finish(repeated);
    REQUIRE_MESSAGE(outcome.ok(), outcome.error().message);
    CHECK_FALSE(outcome->changed);
    CHECK(outcome->environment.status ==
          (running ? EnvironmentStatus::kRunning : EnvironmentStatus::kStopped));
    CHECK(outcome->environment.cpu_cores == 4);
  }
  CreateRequest other = large();
  other.spec.cpu_cores = 3;
  auto larger = agent->create(std::move(other));
  const auto& conflict = world.finish(larger);
  REQUIRE_FALSE(conflict.ok());
  CHECK(conflict.error().code == ErrorCode::kConflict);
  // When it is gone, it would be a new one.
  auto removed = agent->remove({.id = kId, .force = true});
  REQUIRE(world.finish(removed).ok());
  auto again = agent->create(large());
  const auto& refused = world.finish(again);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == ErrorCode::kInvalidRequest);
  CHECK_FALSE(world.has_share(kId));
}

TEST_CASE("size limits: a create that died is ended by its repeat") {
  World world;
  auto generous = world.agent();
  auto died = generous->create(large());
  REQUIRE(world.clock().run_until([&] { return world.has_share(kId) && !world.has_group(kId); }));
  generous.reset();
  auto agent = world.agent(limited());
  auto repeated = agent->create(large());
  const auto& outcome = world.finish(repeated);
  REQUIRE_MESSAGE(outcome.ok(), outcome.error().message);
  CHECK(world.group(kId).cpu == 4);
}

TEST_CASE("size limits: a full region hides no size that is too large") {
  World world;
  world.azure().set_core_quota("eastus", 0);
  auto agent = world.agent(limited());
  auto refused = agent->create(large());
  const auto& outcome = world.finish(refused);
  REQUIRE_FALSE(outcome.ok());
  CHECK(outcome.error().code == ErrorCode::kInvalidRequest);
}
