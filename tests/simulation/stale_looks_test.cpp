// What others do while a call waits for some slow answer: no step is taken on what was seen before.
#include <doctest/doctest.h>

#include "support/tap.h"
#include "support/two_regions.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;
using std::chrono::seconds;

namespace {

const std::string kId = "workspace-0001";

void create(World& world, EnvironmentOrchestrator& agent, CreateRequest request = create_request(kId)) {
  auto operation = agent.create(std::move(request));
  const auto& created = world.finish(operation);
  REQUIRE_MESSAGE(created.ok(), created.error().message);
}

void stop(World& world, EnvironmentOrchestrator& agent) {
  auto operation = agent.stop({kId, ""});
  REQUIRE(world.finish(operation).ok());
}

StartRequest start_request() {
  StartRequest request;
  request.id = kId;
  return request;
}

std::shared_ptr<int> once() {
  return std::make_shared<int>(1);
}

}  // namespace

TEST_CASE("a delete does not take away what was started while it waited") {
  World world(two_accounts());
  auto one = world.agent(both_regions());
  create(world, *one);
  stop(world, *one);
  for (const char* slow : {"dev8east", "dev8west"}) {
    CAPTURE(slow);
    auto other = world.agent(tapped(world, throttle("shares.get", once(), slow), both_regions()));
    auto removed = other->remove({kId, "", false});
    world.clock().advance(seconds(1));
    auto started = one->start(start_request());
    REQUIRE(world.finish(started).ok());
    REQUIRE_FALSE(removed.done());
    const auto& refused = world.finish(removed);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == ErrorCode::kConflict);
    CHECK(world.group(kId).state == "Running");
    CHECK(world.has_share(kId));
    stop(world, *one);
  }
}

TEST_CASE("a delete that saw no container does not take the files of one that was started meanwhile") {
  World world(two_accounts());
  auto one = world.agent(both_regions());
  create(world, *one);
  auto broken = world.agent(tapped(
      world,
      [](Tap& tap, const HttpRequest& request, const Transport::Completion& done) {
        if (request.label != "shares.delete") return false;
        tap.answer(done, 403, "AuthorizationPermissionMismatch");
        return true;
      },
      both_regions()));
  auto half = broken->remove({kId, "", true});
  REQUIRE_FALSE(world.finish(half).ok());
  REQUIRE_FALSE(world.has_group(kId));
  REQUIRE(world.has_share(kId));

  auto other = world.agent(tapped(world, throttle("shares.get", once(), "dev8west"), both_regions()));
  auto removed = other->remove({kId, "", false});
  world.clock().advance(seconds(1));
  auto started = one->start(start_request());
  REQUIRE(world.finish(started).ok());
  REQUIRE_FALSE(removed.done());
  CHECK_FALSE(world.finish(removed).ok());
  CHECK(world.has_share(kId));
  CHECK(world.group(kId).state == "Running");
}

TEST_CASE("a roll-back that was throttled does not remove what came up meanwhile") {
  World world;
  auto armed = std::make_shared<int>(0);
  auto one = world.agent(tapped(world, throttle("shares.get", armed)));
  auto other = world.agent();
  auto first = one->create(create_request(kId));
  world.clock().advance(seconds(3));
  REQUIRE(world.has_group(kId));
  auto second = other->create(create_request(kId));
  world.clock().advance(seconds(7));
  *armed = 1;
  first.cancel();
  REQUIRE(world.finish(second).ok());
  REQUIRE_FALSE(first.done());
  CHECK_FALSE(world.finish(first).ok());
  CHECK(world.group(kId).state == "Running");
  CHECK(world.has_share(kId));
}

TEST_CASE("a start does not write one owner's facts onto another owner's environment of the same id") {
  emulator::EmulatorOptions options = two_accounts();
  options.share_deletion_time = seconds(1);
  World world(options);
  auto one = world.agent(both_regions());
  create(world, *one);
  stop(world, *one);
  auto other = world.agent(tapped(world, throttle("shares.get", once(), "dev8west"), both_regions()));
  StartRequest request = start_request();
  request.changes.storage_gb = 50;
  auto started = other->start(std::move(request));
  world.clock().advance(seconds(1));
  auto gone = one->remove({kId, "", true});
  REQUIRE(world.finish(gone).ok());
  world.clock().advance(seconds(2));
  CreateRequest theirs = create_request(kId);
  theirs.spec.user_id = "user-2";
  create(world, *one, std::move(theirs));
  stop(world, *one);
  REQUIRE_FALSE(started.done());
  const auto& refused = world.finish(started);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == ErrorCode::kConflict);
  CHECK(world.share(kId).metadata["userid"] == "user-2");
  CHECK(world.share(kId).quota_gib < 50);
  CHECK(world.group(kId).tags["userId"] == "user-2");
  CHECK(world.group(kId).state == "Stopped");
}

TEST_CASE(
    "a write of facts that was throttled is not repeated onto another owner's environment of the same id") {
  struct Row {
    const char* label;
    bool creates;  // else a start with other sizes writes them
  };
  for (const Row& row : {Row{"shares.setMetadata", true}, Row{"shares.setMetadata", false},
                         Row{"shares.setProperties", false}}) {
    CAPTURE(row.label);
    CAPTURE(row.creates);
    emulator::EmulatorOptions options;
    options.share_deletion_time = seconds(1);
    World world(options);
    auto one = world.agent();
    create(world, *one);
    if (!row.creates) stop(world, *one);
    auto other = world.agent(tapped(world, throttle(row.label, once())));
    StartRequest bigger = start_request();
    bigger.changes.storage_gb = 50;
    auto late = row.creates ? other->create(create_request(kId)) : other->start(std::move(bigger));
    world.clock().advance(seconds(1));
    auto gone = one->remove({kId, "", true});
    REQUIRE(world.finish(gone).ok());
    world.clock().advance(seconds(2));
    CreateRequest theirs = create_request(kId);
    theirs.spec.user_id = "user-2";
    create(world, *one, std::move(theirs));
    if (!row.creates) stop(world, *one);
    REQUIRE_FALSE(late.done());
    const auto& refused = world.finish(late);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == ErrorCode::kConflict);
    CHECK(world.share(kId).metadata["userid"] == "user-2");
    CHECK(world.share(kId).quota_gib < 50);
    CHECK(world.group(kId).tags["userId"] == "user-2");
  }
}

TEST_CASE(
    "an answer is as old as its question: what was started while it was on its way is not deployed over") {
  emulator::EmulatorOptions options;
  options.start_time = seconds(5);
  World world(options);
  auto one = world.agent();
  create(world, *one);
  stop(world, *one);
  auto held = once();
  auto other = world.agent(
      tapped(world, [&world, held](Tap& tap, const HttpRequest& request, const Transport::Completion& done) {
        // The share is asked about a moment before the answer about the container arrives.
        if (request.label == "shares.get" && *held > 0) {
          *held = 0;
          tap.answer(done, 429, "TooManyRequests", {{"Retry-After", "9"}});
          return true;
        }
        if (request.label != "containerGroups.get" || *held <= 0) return false;
        tap.pass_later(std::chrono::milliseconds(0), request, [&world, done](Result<HttpResponse> answer) {
          world.clock().call_at(world.clock().now() + seconds(10), [done, answer] { done(answer); });
        });
        return true;
      }));
  StartRequest with_secrets = start_request();
  with_secrets.secrets.github_token = Secret("token");
  auto late = other->start(std::move(with_secrets));
  world.clock().advance(seconds(1));
  auto started = one->start(start_request());
  REQUIRE(world.finish(started).ok());
  REQUIRE_FALSE(late.done());
  const auto& refused = world.finish(late);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == ErrorCode::kConflict);
  CHECK(world.group(kId).state == "Running");
  CHECK(world.group(kId).deployments == 2);
}

TEST_CASE("a start does not put its container onto files that became another owner's while it waited") {
  emulator::EmulatorOptions options;
  options.share_deletion_time = seconds(1);
  World world(options);
  auto one = world.agent();
  create(world, *one);
  auto by_hand = world.agent();
  auto half = by_hand->remove({kId, "", true});
  REQUIRE(world.clock().run_until([&] { return world.count("ContainerGroups_Delete") == 1; }));
  by_hand.reset();  // the share alone is left
  auto other = world.agent(tapped(world, throttle("containerGroups.get", once())));
  auto late = other->start(start_request());
  world.clock().advance(seconds(1));
  auto gone = one->remove({kId, "", true});
  REQUIRE(world.finish(gone).ok());
  world.clock().advance(seconds(2));
  CreateRequest theirs = create_request(kId);
  theirs.spec.user_id = "user-2";
  die_creating(world, std::move(theirs), {}, [&] { return world.count("Share_Create") == 2; });
  REQUIRE_FALSE(late.done());
  const auto& refused = world.finish(late);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == ErrorCode::kConflict);
  CHECK(world.count("ContainerGroups_CreateOrUpdate") == 1);
  CHECK_FALSE(world.has_group(kId));
  CHECK(world.share(kId).metadata["userid"] == "user-2");
}

TEST_CASE("a create comes to its end although Azure Files takes its time for each answer") {
  World world;
  auto agent =
      world.agent(tapped(world, [](Tap& tap, const HttpRequest& request, const Transport::Completion& done) {
        if (request.label != "shares.get") return false;
        tap.pass_later(std::chrono::milliseconds(3500), request, done);
        return true;
      }));
  create(world, *agent);
  CHECK(world.count("ContainerGroups_CreateOrUpdate") == 1);
}

TEST_CASE("a group that ARM does not show yet after its PUT is not made a second time") {
  World world;
  auto hidden = once();
  auto agent = world.agent(
      tapped(world, [hidden](Tap& tap, const HttpRequest& request, const Transport::Completion& done) {
        if (request.label == "operations.get") {
          tap.answer(done, 404, "");  // expired: without a code
          return true;
        }
        if (request.label != "containerGroups.get" || request.url.find(kId) == std::string::npos)
          return false;
        if ((*hidden)++ != 2) return false;  // the first look is before the PUT, the second after it
        tap.answer(done, 404, "ResourceNotFound");
        return true;
      }));
  create(world, *agent);
  CHECK(world.group(kId).deployments == 1);
}

TEST_CASE("an operation that is said to be under way for ever does not hide that the container runs") {
  World world;
  auto agent =
      world.agent(tapped(world, [](Tap& tap, const HttpRequest& request, const Transport::Completion& done) {
        if (request.label != "operations.get") return false;
        HttpResponse response;
        response.status = 200;
        response.body = R"({"id":"x","status":"InProgress"})";
        tap.answer(done, std::move(response));
        return true;
      }));
  const TimePoint begun = world.clock().now();
  auto create = agent->create(create_request(kId));
  const auto& created = world.finish(create);
  REQUIRE_MESSAGE(created.ok(), created.error().message);
  CHECK(world.clock().now() - begun < std::chrono::minutes(5));
}

TEST_CASE(
    "what was read before an own write is read again by the next operation, even if nothing was read since") {
  emulator::EmulatorOptions options;
  options.start_time = seconds(0);
  World world(options);
  auto agent = world.agent();
  create(world, *agent);
  stop(world, *agent);
  // From the start on Azure refuses to show the container and to stop it, so the start ends at once.
  auto started = std::make_shared<bool>(false);
  world.azure().set_fault_script([started](const HttpRequest& request, std::uint64_t) {
    const bool about_group = request.url.find("/containerGroups") != std::string::npos;
    const bool starts = about_group && request.url.find("/start?") != std::string::npos;
    const bool refused = about_group && !starts && *started;
    *started = *started || starts;
    return refused ? emulator::Fault{emulator::Fault::kStatus, 403, "AuthorizationFailed"}
                   : emulator::Fault{};
  });
  const TimePoint begun = world.clock().now();
  auto starting = agent->start(start_request());
  REQUIRE_FALSE(world.finish(starting).ok());
  REQUIRE(world.clock().now() - begun < seconds(2));
  world.azure().set_fault_script(nullptr);
  REQUIRE(world.group(kId).state == "Running");
  world.azure().clear_calls();
  auto again = agent->start(start_request());
  REQUIRE(world.finish(again).ok());
  CHECK(world.azure_calls().front() == "ContainerGroups_Get");
  CHECK(world.group(kId).state == "Running");
}
