// Two calls on one id that cross, in one process or in two: what each caller is told stays true, and what one
// of them gives up is not taken from the other.
#include <doctest/doctest.h>

#include "support/tap.h"
#include "support/two_regions.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;
using emulator::Deployment;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

const std::string kId = "workspace-0001";

StartRequest start_request() {
  StartRequest request;
  request.id = kId;
  return request;
}

void make(World& world, EnvironmentOrchestrator& agent) {
  auto operation = agent.create(create_in(kId, "eastus"));
  REQUIRE(world.finish(operation).ok());
}

void make_stopped(World& world, EnvironmentOrchestrator& agent) {
  make(world, agent);
  auto operation = agent.stop({kId, ""});
  REQUIRE(world.finish(operation).ok());
}

// The share alone: another process has died between the two deletions.
void make_share_alone(World& world, EnvironmentOrchestrator& agent) {
  make(world, agent);
  auto victim = world.agent(both_regions());
  auto half = victim->remove({kId, "", true});
  REQUIRE(world.clock().run_until([&] { return world.count("ContainerGroups_Delete") == 1; }));
  victim.reset();
  REQUIRE(world.has_share(kId));
  REQUIRE_FALSE(world.has_group(kId));
}

// No password is told, or the one that the container has.
void check_password(World& world, const Result<EnvironmentOutcome>& result) {
  REQUIRE_MESSAGE(result.ok(), result.error().message);
  const Secret& told = result->code_server_password;
  if (!told.empty()) CHECK(told.same_as(world.group(kId).secure_variables["CODE_SERVER_PASSWORD"]));
  CHECK((told.empty() || result->changed));
}

// Requests with this label arrive `span` later than they were sent, whether or not their caller still waits.
Tap::Hook delay(std::string label, milliseconds span, std::shared_ptr<bool> sent) {
  return [=](Tap& tap, const HttpRequest& request, const Transport::Completion& done) {
    if (request.label != label) return false;
    *sent = true;
    tap.pass_later(span, request, done);
    return true;
  };
}

}  // namespace

TEST_CASE("a forced delete in another region ends no start here, and does not claim that it did") {
  World world(two_accounts());
  auto agent = world.agent(both_regions());
  make_stopped(world, *agent);
  auto start = agent->start(start_request());
  world.clock().advance(seconds(5));
  auto remove = agent->remove({kId, "westeurope", true});
  CHECK(world.finish(remove).error().code == ErrorCode::kNotFound);
  CHECK(world.finish(start).ok());
  CHECK(world.group(kId).state == "Running");
}

TEST_CASE("a forced delete in another region than the one where a create is at work deletes nothing") {
  for (int at : {5, 29}) {
    CAPTURE(at);
    World world(two_accounts());
    auto agent = world.agent(both_regions());
    auto create = agent->create(create_in(kId, "auto"));
    world.clock().advance(seconds(at));
    REQUIRE_FALSE(create.done());
    auto remove = agent->remove({kId, "westeurope", true});
    CHECK(world.finish(remove).error().code == ErrorCode::kNotFound);
    CHECK(world.finish(create).ok());
    CHECK(world.group(kId).state == "Running");
  }
}

TEST_CASE("a forced delete in the region where a create is at work ends it") {
  World world(two_accounts());
  auto agent = world.agent(both_regions());
  auto create = agent->create(create_in(kId, "auto"));
  world.clock().advance(seconds(5));
  auto remove = agent->remove({kId, "eastus", true});
  CHECK(world.finish(remove).ok());
  CHECK(world.finish(create).error().code == ErrorCode::kCancelled);
  CHECK(world.azure().groups().empty());
  CHECK(shares_kept(world) == 0);
}

TEST_CASE("what a delete is about to refuse is not told as being deleted") {
  World world(two_accounts());
  auto maker = world.agent(both_regions());
  make(world, *maker);
  auto agent = world.agent(
      tapped(world, throttle("shares.get", std::make_shared<int>(1), "dev8west"), both_regions()));
  auto remove = agent->remove({kId, "", false});
  world.clock().advance(seconds(5));
  auto get = agent->get({kId, ""});
  CHECK(world.finish(get)->status == EnvironmentStatus::kRunning);
  CHECK(world.finish(remove).error().code == ErrorCode::kConflict);
}

TEST_CASE("two starts of files without a container tell no password that the container does not have") {
  for (int apart : {0, 20, 40, 60, 100, 1000, 4000}) {
    CAPTURE(apart);
    World world(two_accounts());
    auto one = world.agent(both_regions());
    auto two = world.agent(both_regions());
    make_share_alone(world, *one);
    auto warm = two->get({kId, ""});  // its token and key are there already
    REQUIRE(world.finish(warm).ok());
    auto first = one->start(start_request());
    world.clock().advance(milliseconds(apart));
    auto second = two->start(start_request());
    const auto& told_first = world.finish(first);
    const auto& told_second = world.finish(second);
    check_password(world, told_first);
    check_password(world, told_second);
    CHECK(world.group(kId).state == "Running");
  }
}

TEST_CASE("a create whose container others made anew meanwhile tells no password of its own") {
  World world;
  auto one = world.agent(seldom_polling(milliseconds(6700)));
  auto two = world.agent();
  auto create = one->create(create_request(kId));
  world.clock().advance(seconds(31));  // up between two reads
  REQUIRE_FALSE(create.done());
  auto stop = two->stop({kId, ""});
  REQUIRE(world.finish(stop).ok());
  REQUIRE_FALSE(create.done());
  StartRequest with = start_request();
  with.secrets.code_server_password = Secret("the-password-of-a-start");
  auto start = two->start(std::move(with));
  const auto& started = world.finish(start);
  const auto& created = world.finish(create);
  check_password(world, started);
  check_password(world, created);
  CHECK_FALSE(created->changed);
}

TEST_CASE("the roll-back of a cancelled start does not stop what another caller was told runs") {
  for (const bool redeploys : {false, true}) {
    for (int at = 1; at < 30; at += 2) {
      CAPTURE(redeploys);
      CAPTURE(at);
      World world;
      auto one = world.agent();
      auto two = world.agent();
      make_stopped(world, *one);
      StartRequest request = start_request();
      if (redeploys) request.changes.cpu_cores = 4;
      auto given_up = one->start(std::move(request));
      world.clock().advance(milliseconds(500));
      auto other = two->start(start_request());
      world.clock().advance(seconds(at));
      given_up.cancel();
      const bool told = world.finish(other).ok();
      (void)world.finish(given_up);
      world.clock().advance(minutes(5));
      if (told) CHECK(world.group(kId).state == "Running");
    }
  }
}

TEST_CASE("a start that is cancelled while its request is on its way leaves no container running unsaid") {
  for (const char* label : {"containerGroups.start", "containerGroups.put"}) {
    CAPTURE(label);
    World world;
    auto maker = world.agent();
    make_stopped(world, *maker);
    auto sent = std::make_shared<bool>(false);
    auto agent = world.agent(tapped(world, delay(label, seconds(2), sent)));
    StartRequest request = start_request();
    if (std::string_view(label) == "containerGroups.put") request.changes.cpu_cores = 4;
    auto start = agent->start(std::move(request));
    REQUIRE(world.clock().run_until([&] { return *sent; }));
    start.cancel();
    const std::string message = world.finish(start).error().message;
    const std::string state = world.group(kId).state;
    CHECK((state == "Stopped" || (state == "Running" && message.find("is up") != message.npos)));
    world.clock().advance(minutes(10));
    CHECK(world.group(kId).state == state);
  }
}

TEST_CASE("a stop waits for the container that another process is about to put") {
  World world;
  auto one = world.agent(tapped(world, throttle("containerGroups.put", std::make_shared<int>(1))));
  auto two = world.agent();
  auto create = one->create(create_request(kId));
  world.clock().advance(seconds(2));
  REQUIRE(world.has_share(kId));
  auto stop = two->stop({kId, ""});
  CHECK(world.finish(stop).ok());
  CHECK(world.group(kId).state == "Stopped");
  CHECK(world.finish(create).ok());
  CHECK(world.group(kId).state == "Stopped");
}

TEST_CASE("a stop that another caller's start has undone says so, soon") {
  World world;
  auto maker = world.agent();
  make(world, *maker);
  auto stopped = std::make_shared<bool>(false);
  auto one = world.agent(
      tapped(world, [stopped](Tap& tap, const HttpRequest& request, const Transport::Completion& done) {
        if (request.label == "containerGroups.stop") *stopped = true;
        if (request.label != "containerGroups.get" || !std::exchange(*stopped, false)) return false;
        tap.answer(done, 429, "TooManyRequests", {{"Retry-After", "60"}});
        return true;
      }));
  auto two = world.agent();
  auto stop = one->stop({kId, ""});
  REQUIRE(world.clock().run_until([&] { return world.count("ContainerGroups_Stop") == 1; }));
  world.clock().advance(seconds(1));
  auto start = two->start(start_request());
  REQUIRE(world.finish(start).ok());
  const TimePoint begun = world.clock().now();
  const auto& undone = world.finish(stop);
  REQUIRE_FALSE(undone.ok());
  CHECK(undone.error().code == ErrorCode::kConflict);
  CHECK(undone.error().retryable);
  CHECK(world.clock().now() - begun < minutes(2));
  CHECK(world.group(kId).state == "Running");
}

TEST_CASE("a stop whose container is taken away meanwhile does not say that nothing is there") {
  World world;
  auto one = world.agent();
  make(world, *one);
  auto sent = std::make_shared<bool>(false);
  auto two = world.agent(tapped(world, delay("containerGroups.stop", milliseconds(200), sent)));
  auto stop = two->stop({kId, ""});
  REQUIRE(world.clock().run_until([&] { return *sent; }));
  emulator::Fault hang;
  hang.kind = emulator::Fault::kHang;
  world.azure().set_fault_script([&](const HttpRequest& request, std::uint64_t) {
    return request.label == "shares.delete" ? hang : emulator::Fault();
  });
  auto remove = one->remove({kId, "", true});
  const auto& stopped = world.finish(stop);
  CHECK(world.has_share(kId));
  CHECK((stopped.ok() || stopped.error().code != ErrorCode::kNotFound));
}

TEST_CASE("a container that a start made where its environment was deleted goes when the start fails") {
  World world;
  auto one = world.agent();
  make_stopped(world, *one);
  auto sent = std::make_shared<bool>(false);
  auto two = world.agent(tapped(world, delay("containerGroups.put", milliseconds(500), sent)));
  StartRequest bigger = start_request();
  bigger.changes.cpu_cores = 4;
  auto start = two->start(std::move(bigger));
  REQUIRE(world.clock().run_until([&] { return *sent; }));
  auto remove = one->remove({kId, "", false});
  REQUIRE(world.finish(remove).ok());
  world.azure().set_location("eastus", Deployment::kNoCapacityAsync);
  CHECK_FALSE(world.finish(start).ok());
  CHECK(world.azure().groups().empty());
  CHECK(shares_kept(world) == 0);
}

TEST_CASE("two equal creates whose container crashes leave nothing, or say what they leave") {
  for (int apart : {5, 15, 25, 45, 65}) {
    CAPTURE(apart);
    World world(two_accounts());
    world.azure().set_location("", Deployment::kCrashLoop);
    auto one = world.agent(both_regions());
    auto two = world.agent(both_regions());
    auto first = one->create(create_in(kId, "eastus"));
    world.clock().advance(milliseconds(apart));
    auto second = two->create(create_in(kId, "eastus"));
    std::string told;
    for (const auto* operation : {&first, &second}) {
      const auto& failed = world.finish(*operation);
      REQUIRE_FALSE(failed.ok());
      told += failed.error().message;
    }
    CHECK(world.azure().groups().empty());
    if (shares_kept(world) > 0) CHECK(told.find("left as it is") != told.npos);
  }
}
