// Restart from end to end: what it does in each state, among others, and when answers are lost.
#include <doctest/doctest.h>

#include "support/tap.h"
#include "support/two_regions.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;
using emulator::Fault;
using std::chrono::seconds;

namespace {

const std::string kId = "workspace-0001";

void create(World& world, EnvironmentOrchestrator& agent) {
  auto operation = agent.create(create_request(kId));
  const auto& created = world.finish(operation);
  REQUIRE_MESSAGE(created.ok(), created.error().message);
}

// The outcome of a restart: "RUNNING", or the error's word.
std::string restart(World& world, EnvironmentOrchestrator& agent, const std::string& region = "") {
  auto operation = agent.restart({kId, region});
  const auto& result = world.finish(operation);
  return std::string(result.ok() ? to_string(result->status) : to_string(result.error().code));
}

// The first restart meets `fault`, and then reads show the past for 8 s. The outcome of a restart.
std::string restart_with(World& world, EnvironmentOrchestrator& agent, Fault fault, bool stale) {
  auto faults = std::make_shared<int>(1);
  auto stale_until = std::make_shared<TimePoint>();
  world.azure().set_fault_script(
      [&world, fault, stale, faults, stale_until](const HttpRequest& request, std::uint64_t) {
        const TimePoint now = world.clock().now();
        if (request.label == "containerGroups.restart" && (*faults)-- > 0) {
          if (stale) *stale_until = now + seconds(8);
          return fault;
        }
        Fault past;
        if (now >= *stale_until || request.method != "GET") return past;
        past.kind = Fault::kStaleRead;
        past.age = std::chrono::duration_cast<std::chrono::milliseconds>(now - *stale_until + seconds(8));
        return past;
      });
  return restart(world, agent);
}

}  // namespace

TEST_CASE("restart: a running container starts again in place, once") {
  World world;
  auto agent = world.agent();
  create(world, *agent);
  const auto before = world.group(kId);
  CHECK(restart(world, *agent) == "RUNNING");
  const auto after = world.group(kId);
  CHECK(after.deployments == before.deployments + 1);
  CHECK(after.incarnation == before.incarnation);
  CHECK(after.tags == before.tags);
  CHECK(world.count("ContainerGroups_Restart") == 1);
  CHECK(world.count("ContainerGroups_CreateOrUpdate") == 1);
  CHECK(restart(world, *agent) == "RUNNING");
  CHECK(world.group(kId).deployments == before.deployments + 2);
}

TEST_CASE("restart: what does not run is not restarted") {
  World world;
  auto agent = world.agent();
  CHECK(restart(world, *agent) == "NOT_FOUND");
  create(world, *agent);
  auto stopped = agent->stop({kId, ""});
  REQUIRE(world.finish(stopped).ok());
  CHECK(restart(world, *agent) == "CONFLICT");
  CHECK(world.group(kId).state == "Stopped");
  CHECK(world.count("ContainerGroups_Restart") == 0);
  auto invalid = agent->restart({"x", ""});
  CHECK(world.finish(invalid).error().code == ErrorCode::kInvalidRequest);
}

TEST_CASE("restart: another program's group is left alone") {
  World world;
  auto agent = world.agent();
  create(world, *agent);
  auto other =
      world.agent(tapped(world, [](Tap& tap, const HttpRequest& request, const Transport::Completion& done) {
        if (request.label != "containerGroups.get") return false;
        HttpResponse answer;
        answer.status = 200;
        answer.body = R"({"name":"aci-workspace-0001","location":"eastus","tags":{"managed-by":"terraform"},)"
                      R"("properties":{"provisioningState":"Succeeded","instanceView":{"state":"Running"}}})";
        tap.answer(done, std::move(answer));
        return true;
      }));
  CHECK(restart(world, *other) == "CONFLICT");
  CHECK(world.count("ContainerGroups_Restart") == 0);
}

TEST_CASE("restart: a container without its share is not restarted") {
  World world;
  auto agent = world.agent();
  create(world, *agent);
  auto other =
      world.agent(tapped(world, [](Tap& tap, const HttpRequest& request, const Transport::Completion& done) {
        if (request.label != "shares.get") return false;
        tap.answer(done, 404, "ShareNotFound");
        return true;
      }));
  CHECK(restart(world, *other) == "CONFLICT");
  CHECK(world.count("ContainerGroups_Restart") == 0);
}

TEST_CASE("restart: it finds its region, and refuses the wrong one") {
  World world(two_accounts());
  auto agent = world.agent(both_regions());
  CreateRequest request = create_request(kId);
  request.cloud_region = "westeurope";
  auto created = agent->create(std::move(request));
  REQUIRE(world.finish(created).ok());
  CHECK(restart(world, *agent) == "RUNNING");
  CHECK(restart(world, *agent, "westeurope") == "RUNNING");
  CHECK(restart(world, *agent, "eastus") == "NOT_FOUND");
  CHECK(world.count("ContainerGroups_Restart") == 2);
}

TEST_CASE("restart: two at once, of one process and of two, both end well or say why") {
  for (const bool one_process : {true, false}) {
    CAPTURE(one_process);
    World world;
    auto agent = world.agent();
    create(world, *agent);
    auto second = one_process ? nullptr : world.agent();
    auto first = agent->restart({kId, ""});
    auto other = (second ? second : agent)->restart({kId, ""});
    REQUIRE(world.finish(first).ok());
    const auto& result = world.finish(other);
    const int restarts = world.group(kId).deployments - 1;
    if (one_process) {
      CHECK(result.ok());
      CHECK(restarts == 2);
    } else {
      // It met the other one's restart: it waits for nothing that it has not begun.
      CHECK((result.ok() || (result.error().code == ErrorCode::kConflict && result.error().retryable)));
      CHECK(restarts == (result.ok() ? 2 : 1));
    }
    CHECK(world.group(kId).state == "Running");
  }
}

TEST_CASE("restart: it waits for the create of its own process") {
  World world;
  auto agent = world.agent();
  auto creating = agent->create(create_request(kId));
  auto restarting = agent->restart({kId, ""});
  const auto& restarted = world.finish(restarting);
  REQUIRE(creating.done());
  CHECK(creating.get().ok());
  REQUIRE_MESSAGE(restarted.ok(), restarted.error().message);
  CHECK(world.count("ContainerGroups_Restart") == 1);
}

TEST_CASE("restart: while another agent deletes") {
  World world;
  auto agent = world.agent();
  auto other = world.agent();
  create(world, *agent);
  auto restarted = agent->restart({kId, ""});
  world.clock().advance(seconds(3));
  auto removed = other->remove({kId, "", true});
  const auto& result = world.finish(restarted);
  REQUIRE_FALSE(result.ok());
  const bool told =
      result.error().code == ErrorCode::kConflict || result.error().code == ErrorCode::kNotFound;
  CHECK_MESSAGE(told, result.error().message);
  CHECK(world.finish(removed).ok());
  CHECK_FALSE(world.has_group(kId));
  CHECK_FALSE(world.has_share(kId));
}

TEST_CASE("restart: while another agent stops") {
  World world;
  auto agent = world.agent();
  auto other = world.agent();
  create(world, *agent);
  auto restarted = agent->restart({kId, ""});
  world.clock().advance(seconds(3));
  auto stopped = other->stop({kId, ""});
  CHECK(world.finish(stopped).ok());
  world.finish(restarted);
  CHECK(world.group(kId).state == "Stopped");
}

TEST_CASE("restart: an answer that is lost leads to no second restart") {
  emulator::EmulatorOptions options;
  options.remembered_past = std::chrono::minutes(5);
  for (const bool stale : {false, true}) {
    for (const auto kind : {Fault::kLoseAfter, Fault::kHangAfter, Fault::kTruncatedBody,
                            Fault::kMalformedBody, Fault::kWrongContentType, Fault::kEmptyBody}) {
      CAPTURE(stale);
      CAPTURE(static_cast<int>(kind));
      World world(options);
      auto agent = world.agent();
      create(world, *agent);
      CHECK(restart_with(world, *agent, {kind, 0, ""}, stale) == "RUNNING");
      CHECK(world.group(kId).deployments == 2);
    }
  }
}

TEST_CASE("restart: a request that did not arrive is sent again") {
  for (const auto& fault :
       {Fault{Fault::kLoseBefore, 0, ""}, Fault{Fault::kHang, 0, ""}, Fault{Fault::kRefuseConnection, 0, ""},
        Fault{Fault::kStatus, 503, "ServerBusy"}, Fault{Fault::kStatus, 429, "TooManyRequests", "5"},
        Fault{Fault::kStatus, 409, "ContainerGroupTransitioning"}}) {
    CAPTURE(static_cast<int>(fault.kind));
    CAPTURE(fault.code);
    World world;
    auto agent = world.agent();
    create(world, *agent);
    CHECK(restart_with(world, *agent, fault, false) == "RUNNING");
    CHECK(world.group(kId).deployments == 2);
  }
}

TEST_CASE("restart: reads that lag after it delay the answer, and repeat nothing") {
  emulator::EmulatorOptions options;
  options.remembered_past = std::chrono::minutes(5);
  World world(options);
  auto agent = world.agent();
  create(world, *agent);
  CHECK(restart_with(world, *agent, {}, true) == "RUNNING");
  CHECK(world.group(kId).deployments == 2);
}

TEST_CASE("restart: a container that fails afterwards is the caller's to know, and stays") {
  World world;
  auto agent = world.agent();
  create(world, *agent);
  world.azure().set_image(world.group(kId).image, emulator::Deployment::kCrashLoop);
  CHECK(restart(world, *agent) == "CONTAINER_FAILED");
  CHECK(world.has_group(kId));
  CHECK(world.has_share(kId));
  CHECK(world.count("ContainerGroups_Delete") == 0);
  CHECK(world.count("Share_Delete") == 0);
}

TEST_CASE("restart: a caller may leave; what was sent takes its course") {
  World world;
  auto agent = world.agent();
  create(world, *agent);
  auto operation = agent->restart({kId, ""});
  world.clock().advance(seconds(3));
  operation.cancel();
  CHECK(world.finish(operation).error().code == ErrorCode::kCancelled);
  auto gone = agent->restart({kId, ""});
  agent.reset();
  CHECK_FALSE(world.finish(gone).ok());
  auto other = world.agent();
  world.clock().advance(seconds(60));
  auto seen = other->get({kId, ""});
  CHECK(world.finish(seen)->status == EnvironmentStatus::kRunning);
}
