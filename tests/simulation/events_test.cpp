// Events from end to end: every agent tells the same, and a watch tells each change once and ends with its
// environment.
#include <doctest/doctest.h>

#include "support/event_bench.h"
#include "support/skewed_scheduler.h"
#include "support/two_regions.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_CASE("events: two agents tell the same of one Azure, whatever their clocks show") {
  World world;
  auto agent = world.agent();
  AgentTweaks wrong;
  wrong.adjust = [](AgentOptions& options) {
    options.scheduler = std::make_shared<SkewedScheduler>(options.scheduler, minutes(10));
  };
  auto other = world.agent(std::move(wrong));
  create_watched(world, *agent);
  for (int step = 0; step < 3; ++step) {
    auto one = agent->events({kWatchedId, ""});
    auto two = other->events({kWatchedId, ""});
    const EventPage& page = world.finish(one).value();
    const EventPage& same = world.finish(two).value();
    CHECK(page.events == same.events);
    CHECK(page.azure_ahead.count() == 0);
    const auto off = same.azure_ahead + minutes(10);
    CHECK(std::chrono::abs(off) <= seconds(2));
    CHECK(page.events.size() >= 5);
    if (step == 0) {
      auto restarted = agent->restart({kWatchedId, ""});
      REQUIRE(world.finish(restarted).ok());
    } else {
      auto stopped = other->stop({kWatchedId, ""});
      REQUIRE(world.finish(stopped).ok());
    }
  }
}

TEST_CASE("events: nothing there is not found") {
  World world;
  auto agent = world.agent();
  auto operation = agent->events({kWatchedId, ""});
  CHECK(world.finish(operation).error().code == ErrorCode::kNotFound);
  auto told = watch(*agent);
  CHECK(world.finish(*told->operation).error().code == ErrorCode::kNotFound);
  CHECK(told->pages.empty());
  auto invalid = agent->watch_events({"x", ""}, nullptr);
  CHECK(world.finish(invalid).error().code == ErrorCode::kInvalidRequest);
}

TEST_CASE("events: a watch tells each change once and ends when another agent deletes") {
  World world;
  auto agent = world.agent();
  auto other = world.agent();
  create_watched(world, *agent);
  auto told = watch(*agent);
  world.clock().advance(minutes(1));
  CHECK(told->pages.size() == 1);
  CHECK(told->has("RUNNING"));
  auto restarted = other->restart({kWatchedId, ""});
  REQUIRE(world.finish(restarted).ok());
  world.clock().advance(minutes(1));
  CHECK(told->has("Killing"));
  auto stopped = other->stop({kWatchedId, ""});
  REQUIRE(world.finish(stopped).ok());
  world.clock().advance(minutes(1));
  CHECK(told->names.back() == "STOPPED");
  CHECK_FALSE(told->operation->done());
  remove_watched(world, *other);
  REQUIRE(world.finish(*told->operation).ok());
  CHECK(told->pages_without_news == 0);
  CHECK(told->pages.back().gone);
  CHECK(told->names.back() == "gone");
  CHECK(std::count(told->names.begin(), told->names.end(), "gone") == 1);
  for (std::size_t i = 0; i + 1 < told->pages.size(); ++i) CHECK_FALSE(told->pages[i].gone);
}

TEST_CASE("events: what a watch tells comes in its order, so that a reader can go on after any id") {
  World world;
  auto agent = world.agent();
  create_watched(world, *agent);
  auto told = watch(*agent);
  auto other = world.agent();
  world.clock().advance(seconds(30));
  for (int i = 0; i < 2; ++i) {
    auto restarted = other->restart({kWatchedId, ""});
    REQUIRE(world.finish(restarted).ok());
    world.clock().advance(seconds(30));
  }
  remove_watched(world, *other);
  REQUIRE(world.finish(*told->operation).ok());
  std::string last;
  std::set<std::string> seen;
  for (const EventPage& page : told->pages) {
    for (const EnvironmentEvent& event : page.events) {
      if (!seen.insert(event.id).second) continue;
      CAPTURE(event.name);
      CHECK(comes_after(event.id, last));
      last = event.id;
    }
  }
}

TEST_CASE("events: a watch from the beginning of a create, of this process and of another") {
  for (const bool own : {true, false}) {
    CAPTURE(own);
    World world;
    auto agent = world.agent();
    auto other = world.agent();
    auto created = (own ? agent : other)->create(create_request(kWatchedId));
    if (!own) world.clock().advance(seconds(2));
    auto told = watch(*agent);
    REQUIRE(world.finish(created).ok());
    world.clock().advance(seconds(20));
    CHECK_FALSE(told->operation->done());
    for (const char* name : {"CREATING", "Pulling", "Pulled", "Started", "RUNNING"}) {
      CAPTURE(std::string(name));
      CHECK(told->has(name));
    }
    CHECK_FALSE(told->has("STOPPED"));
    remove_watched(world, *agent);
    REQUIRE(world.finish(*told->operation).ok());
    CHECK(told->pages.back().gone);
  }
}

TEST_CASE("events: a watch of a create that fails ends with the environment") {
  for (const auto outcome :
       {emulator::Deployment::kNoCapacitySync, emulator::Deployment::kPolicyRefused,
        emulator::Deployment::kNoCapacityAsync, emulator::Deployment::kImageInaccessible}) {
    CAPTURE(static_cast<int>(outcome));
    World world;
    auto agent = world.agent();
    world.azure().set_location("eastus", outcome);
    auto created = agent->create(create_request(kWatchedId));
    auto told = watch(*agent);
    REQUIRE_FALSE(world.finish(created).ok());
    world.clock().advance(minutes(2));
    REQUIRE(told->operation->done());
    CHECK(told->operation->get().ok());
    REQUIRE_FALSE(told->pages.empty());
    CHECK(told->pages.back().gone);
  }
}

TEST_CASE("events: a watch may be cancelled, and its orchestrator destroyed") {
  World world;
  auto agent = world.agent();
  create_watched(world, *agent);
  auto told = watch(*agent);
  world.clock().advance(seconds(10));
  told->operation->cancel();
  CHECK(world.finish(*told->operation).error().code == ErrorCode::kCancelled);
  const std::size_t pages = told->pages.size();
  const int before = reads(world);
  world.clock().advance(minutes(5));
  CHECK(reads(world) == before);
  CHECK(told->pages.size() == pages);
  auto second = watch(*agent);
  auto third = watch(*agent);
  world.clock().advance(seconds(7));
  agent.reset();
  CHECK(second->operation->done());
  CHECK_FALSE(second->operation->get().ok());
  world.clock().advance(minutes(5));
  CHECK(reads(world) <= before + 10);
}

TEST_CASE("events: a watch may end its orchestrator from what it is told") {
  World world;
  auto agent = world.agent();
  create_watched(world, *agent);
  int told = 0;
  auto operation = agent->watch_events({kWatchedId, ""}, [&](const EventPage&) {
    ++told;
    agent.reset();
  });
  CHECK_FALSE(world.finish(operation).ok());
  CHECK(told == 1);
}

TEST_CASE("events: draining does not wait for a watch") {
  World world;
  auto agent = world.agent();
  create_watched(world, *agent);
  auto told = watch(*agent);
  world.clock().advance(seconds(10));
  CHECK(agent->drain(std::chrono::milliseconds(1)));
  CHECK_FALSE(told->operation->done());
}

TEST_CASE("events: an environment in another region is watched there") {
  World world(two_accounts());
  auto agent = world.agent(both_regions());
  CreateRequest request = create_request(kWatchedId);
  request.cloud_region = "westeurope";
  auto created = agent->create(std::move(request));
  REQUIRE(world.finish(created).ok());
  auto told = watch(*agent);
  world.clock().advance(seconds(30));
  CHECK(told->names.back() == "RUNNING");
  CHECK(told->pages.size() == 1);
  remove_watched(world, *agent);
  REQUIRE(world.finish(*told->operation).ok());
  CHECK(told->pages.back().gone);
}

TEST_CASE("events: a watch of all environments tells those of other agents, also after an outage") {
  World world(two_accounts());
  auto agent = world.agent(both_regions());
  auto other = world.agent(both_regions());
  std::vector<std::vector<ListedEnvironment>> lists;
  auto operation = agent->watch_environments([&](const auto& list) { lists.push_back(list); });
  world.clock().advance(seconds(1));
  REQUIRE(lists.size() == 1);
  CHECK(lists.back().empty());
  auto failing = std::make_shared<bool>(true);
  world.azure().set_fault_script([failing](const HttpRequest&, std::uint64_t) {
    return *failing ? emulator::Fault{emulator::Fault::kStatus, 503, "ServerBusy"} : emulator::Fault{};
  });
  world.clock().advance(minutes(2));
  *failing = false;
  CreateRequest request = create_request(kWatchedId);
  request.cloud_region = "westeurope";
  const std::string user = request.spec.user_id;
  auto created = other->create(std::move(request));
  REQUIRE(world.finish(created).ok());
  world.clock().advance(minutes(2));
  REQUIRE(lists.back().size() == 1);
  CHECK(lists.back()[0].id == kWatchedId);
  CHECK(lists.back()[0].cloud_region == "westeurope");
  CHECK(lists.back()[0].user_id == user);
  CHECK_FALSE(operation.done());
  const int before = world.count("ContainerGroups_ListByResourceGroup");
  world.clock().advance(minutes(10));
  CHECK(world.count("ContainerGroups_ListByResourceGroup") - before <= 2 * 60);
  CHECK(agent->drain(std::chrono::milliseconds(1)));
  operation.cancel();
  CHECK(world.finish(operation).error().code == ErrorCode::kCancelled);
}
