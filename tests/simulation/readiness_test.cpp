// Creates and starts that end when the workspace itself answers (AgentOptions::workspace_ready).
#include <doctest/doctest.h>

#include "support/world.h"

using namespace dev8agent;
using namespace dev8agent::test;
using emulator::Deployment;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

const std::string kId = "workspace-0001";

emulator::EmulatorOptions ide_after(milliseconds time) {
  emulator::EmulatorOptions options;
  options.provisioning_time = seconds(10);
  options.start_time = seconds(5);
  options.ide_time = time;
  return options;
}

AgentTweaks waiting() {
  AgentTweaks tweaks;
  tweaks.adjust = [](AgentOptions& options) { options.workspace_ready = WorkspaceReady::kHttp; };
  return tweaks;
}

// From now on no workspace takes a connection.
void refuse_visits(World& world) {
  world.azure().set_fault_script([](const HttpRequest& sent, std::uint64_t) {
    emulator::Fault refuse;
    refuse.kind = emulator::Fault::kRefuseConnection;
    return sent.label == "workspace.ask" ? refuse : emulator::Fault();
  });
}

}  // namespace

TEST_CASE("readiness: a create and a start end when the workspace answers, soon after it does") {
  for (const int ide : {0, 3, 20, 90}) {
    CAPTURE(ide);
    World world(ide_after(seconds(ide)));
    auto agent = world.agent(waiting());
    const TimePoint begun = world.clock().now();
    std::vector<Stage> stages;
    auto create = agent->create(create_request(kId), {.on_progress = [&](const Progress& progress) {
                                  if (stages.empty() || stages.back() != progress.stage)
                                    stages.push_back(progress.stage);
                                }});
    REQUIRE(world.finish(create).ok());
    const auto taken = world.clock().now() - begun;
    CHECK(taken >= seconds(10 + ide));
    CHECK(taken <= seconds(11 + ide) + seconds(ide) / 8);
    CHECK(stages.back() == Stage::kWaitingForIde);
    CHECK(world.count("Workspace_Visit") >= 1);
    CHECK(world.count("Workspace_Visit") <= 90);
    // The container is read again from time to time, because it may fail.
    CHECK(world.count("ContainerGroups_Get") <= 10 * 3 + 6 + ide / 5);

    auto stop = agent->stop({kId, ""});
    REQUIRE(world.finish(stop).ok());
    const TimePoint started = world.clock().now();
    auto start = agent->start({.id = kId});
    REQUIRE(world.finish(start).ok());
    CHECK(world.clock().now() - started >= seconds(5 + ide));
  }
}

TEST_CASE("readiness: without it nothing is sent to the workspace") {
  World world(ide_after(std::chrono::hours(1)));
  auto agent = world.agent();
  auto create = agent->create(create_request(kId));
  REQUIRE(world.finish(create).ok());
  CHECK(world.count("Workspace_Visit") == 0);
}

TEST_CASE("readiness: an IDE that does not answer in time is told, and nothing is taken away") {
  World world(ide_after(std::chrono::minutes(3)));
  auto agent = world.agent(waiting());
  auto create = agent->create(create_request(kId), {.timeout = seconds(60)});
  REQUIRE(world.clock().run_until([&] { return create.progress().stage == Stage::kWaitingForIde; }));
  REQUIRE(world.azure().write_log("aci-" + kId, "Loading, password=hunter22\n"));
  const auto& failed = world.finish(create);
  REQUIRE_FALSE(failed.ok());
  CHECK(failed.error().code == ErrorCode::kWorkspaceNotReady);
  CHECK(failed.error().log_tail.ends_with("Loading, password=***\n"));
  CHECK(failed.error().message.find(".eastus.azurecontainer.io:8080/healthz: ") != std::string::npos);
  CHECK_FALSE(failed.error().events.empty());
  CHECK(world.group(kId).state == "Running");
  CHECK(world.has_share(kId));
  const auto incarnation = world.group(kId).incarnation;
  // The repeat goes on waiting, for the same container.
  auto again = agent->create(create_request(kId));
  const auto& outcome = world.finish(again);
  REQUIRE(outcome.ok());
  CHECK_FALSE(outcome->changed);
  CHECK(world.group(kId).incarnation == incarnation);
  CHECK(world.group(kId).deployments == 1);
}

TEST_CASE("readiness: a container that crashes fails the create with its own reason") {
  World world(ide_after(std::chrono::hours(1)));
  world.azure().set_location("eastus", Deployment::kCrashLoop);
  auto agent = world.agent(waiting());
  const TimePoint begun = world.clock().now();
  auto create = agent->create(create_request(kId));
  const auto& failed = world.finish(create);
  REQUIRE_FALSE(failed.ok());
  CHECK(failed.error().code == ErrorCode::kContainerFailed);
  CHECK(world.clock().now() - begun < std::chrono::minutes(3));
  CHECK_FALSE(world.has_group(kId));
}

TEST_CASE("readiness: a container that another agent stops meanwhile is not waited for any longer") {
  World world(ide_after(std::chrono::hours(10)));
  auto agent = world.agent(waiting());
  auto other = world.agent(waiting());
  auto create = agent->create(create_request(kId));
  world.clock().run_until([&] { return world.count("Workspace_Visit") > 3; });
  auto stop = other->stop({kId, ""});
  REQUIRE(world.finish(stop).ok());
  const TimePoint stopped = world.clock().now();
  const auto& outcome = world.finish(create);
  REQUIRE(outcome.ok());
  CHECK(outcome->environment.status == EnvironmentStatus::kStopped);
  CHECK(world.clock().now() - stopped <= seconds(10));
}

TEST_CASE("readiness: a delete ends the wait") {
  World world(ide_after(std::chrono::hours(1)));
  auto agent = world.agent(waiting());
  auto create = agent->create(create_request(kId));
  world.clock().run_until([&] { return world.count("Workspace_Visit") > 3; });
  auto remove = agent->remove({kId, "", true});
  CHECK(world.finish(remove).ok());
  const auto& ended = world.finish(create);
  REQUIRE_FALSE(ended.ok());
  CHECK(ended.error().code == ErrorCode::kCancelled);
  CHECK_FALSE(world.has_group(kId));
  CHECK_FALSE(world.has_share(kId));
}

TEST_CASE(
    "readiness: another process says RUNNING until the workspace answers, and in the end that it is not "
    "known") {
  World world(ide_after(std::chrono::minutes(2)));
  auto agent = world.agent(waiting());
  CreateRequest request = create_request(kId);
  const std::string id = agent->new_operation_id(request);
  auto create = agent->create(std::move(request), {.operation_id = id});
  world.clock().run_until([&] { return world.count("Workspace_Visit") > 3; });
  agent.reset();
  auto other = world.agent(waiting());
  const auto status = [&] {
    auto look = other->observe_operation(id);
    const auto& record = world.finish(look);
    REQUIRE(record.ok());
    return std::string(to_string(record->status)) + " " + std::string(to_string(record->progress.stage));
  };
  CHECK(status() == "RUNNING waiting-for-ide");
  world.clock().advance(std::chrono::minutes(2));
  CHECK(status() == "SUCCEEDED done");
  // The IDE went away later: whether the create had its answer cannot be seen any more.
  refuse_visits(world);
  world.clock().advance(std::chrono::hours(1));
  CHECK(status() == "INTERRUPTED done");
}

TEST_CASE("readiness: a restart ends when the workspace answers again, at this container's own time") {
  World world(ide_after(seconds(40)));
  auto agent = world.agent(waiting());
  auto create = agent->create(create_request(kId));
  REQUIRE(world.finish(create).ok());
  const TimePoint begun = world.clock().now();
  std::vector<Stage> stages;
  std::string why;
  auto restart = agent->restart({kId, ""}, {.on_progress = [&](const Progress& progress) {
                                  if (stages.empty() || stages.back() != progress.stage)
                                    stages.push_back(progress.stage);
                                  if (progress.stage == Stage::kWaitingForIde) why = progress.detail;
                                }});
  const auto& restarted = world.finish(restart);
  REQUIRE_MESSAGE(restarted.ok(), restarted.error().message);
  CHECK(world.clock().now() - begun >= seconds(40));
  REQUIRE_FALSE(stages.empty());
  CHECK(stages.back() == Stage::kWaitingForIde);
  CHECK_FALSE(why.empty());
  CHECK(world.count("ContainerGroups_Restart") == 1);
  CHECK(world.group(kId).deployments == 2);
}

TEST_CASE(
    "readiness: a restart whose workspace does not answer in time fails with its reason and changes no "
    "more") {
  World world(ide_after(seconds(0)));
  auto agent = world.agent(waiting());
  auto create = agent->create(create_request(kId));
  REQUIRE(world.finish(create).ok());
  refuse_visits(world);
  const TimePoint begun = world.clock().now();
  auto restart = agent->restart({kId, ""}, {.timeout = seconds(85)});
  const auto& failed = world.finish(restart);
  REQUIRE_FALSE(failed.ok());
  CHECK(failed.error().code == ErrorCode::kWorkspaceNotReady);
  CHECK(failed.error().message.find(".eastus.azurecontainer.io:8080/healthz: ") != std::string::npos);
  CHECK_FALSE(failed.error().events.empty());
  CHECK(world.clock().now() - begun <= seconds(86));
  CHECK(world.group(kId).state == "Running");
  CHECK(world.has_share(kId));
  CHECK(world.count("ContainerGroups_Restart") == 1);
}

TEST_CASE(
    "readiness: a container that crashes after a restart, or is stopped, ends the wait with that reason") {
  for (const bool stopped : {false, true}) {
    CAPTURE(stopped);
    World world(ide_after(seconds(0)));
    auto agent = world.agent(waiting());
    auto create = agent->create(create_request(kId));
    REQUIRE(world.finish(create).ok());
    refuse_visits(world);
    if (!stopped) world.azure().set_image(world.group(kId).image, Deployment::kCrashLoop);
    world.azure().clear_calls();
    auto restart = agent->restart({kId, ""});
    if (stopped) {
      REQUIRE(world.clock().run_until([&] { return world.group(kId).deployments == 2; }));
      world.clock().advance(seconds(30));
      REQUIRE_FALSE(restart.done());
      auto other = world.agent(waiting());
      auto stop = other->stop({kId, ""});
      REQUIRE(world.finish(stop).ok());
    }
    const auto& failed = world.finish(restart);
    REQUIRE_FALSE(failed.ok());
    CHECK(failed.error().code == (stopped ? ErrorCode::kConflict : ErrorCode::kContainerFailed));
    CHECK(world.group(kId).deployments == 2);
  }
}

TEST_CASE("readiness: without the setting a restart ends when the container runs") {
  World world(ide_after(std::chrono::hours(1)));
  auto agent = world.agent();
  auto create = agent->create(create_request(kId));
  REQUIRE(world.finish(create).ok());
  auto restart = agent->restart({kId, ""});
  CHECK(world.finish(restart).ok());
  CHECK(world.count("Workspace_Visit") == 0);
}
