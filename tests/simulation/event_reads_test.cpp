// The reads of a watch of events: within the budget, and robust against what lags, fails or throttles.
#include <doctest/doctest.h>

#include "support/event_bench.h"
#include "support/tap.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;
using emulator::Fault;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_CASE("events: an hour of a watch, and of a hundred, stays within the budget") {
  constexpr int kHour = 3600;
  int alone = 0;
  for (const int watches : {1, 100}) {
    World world;
    auto agent = world.agent();
    create_watched(world, *agent);
    std::vector<std::shared_ptr<Told>> told;
    for (int i = 0; i < watches; ++i) told.push_back(watch(*agent));
    world.clock().advance(seconds(10));
    const int before = reads(world);
    world.clock().advance(seconds(kHour));
    const int count = reads(world) - before;
    MESSAGE(watches << " watches: " << count << " reads in an hour");
    CHECK(count <= kHour);  // a third of 3 a second
    CHECK(count >= 600);
    if (watches == 1) alone = count;
    CHECK(count <= alone + 10);
    for (const auto& one : told) {
      CHECK(one->pages.size() == 1);
      CHECK_FALSE(one->operation->done());
    }
    for (const auto& one : told) one->operation->cancel();
  }
}

TEST_CASE("events: many watches of one environment are told alike, also when the first one leaves") {
  constexpr int kWatches = 100;  // more than the budget has reads for in the time
  World world;
  auto agent = world.agent();
  auto other = world.agent();
  create_watched(world, *agent);
  std::vector<std::shared_ptr<Told>> told;
  for (int i = 0; i < kWatches; ++i) told.push_back(watch(*agent));
  world.clock().advance(seconds(20));
  told[0]->operation->cancel();
  auto stopped = other->stop({kWatchedId, ""});
  REQUIRE(world.finish(stopped).ok());
  world.clock().advance(seconds(30));
  for (int i = 1; i < kWatches; ++i) CHECK(told[i]->names.back() == "STOPPED");
  remove_watched(world, *other);
  for (int i = 1; i < kWatches; ++i) {
    REQUIRE(world.finish(*told[i]->operation).ok());
    CHECK(told[i]->pages.back().gone);
  }
}

TEST_CASE("events: reads that lag never end a watch") {
  World world;
  auto agent = world.agent();
  create_watched(world, *agent);
  // Every second read finds nothing, each other one fails.
  auto number = std::make_shared<int>(0);
  auto lagging = world.agent(
      tapped(world, [number](Tap& tap, const HttpRequest& request, const Transport::Completion& done) {
        const bool group = request.label == "containerGroups.get";
        if (!group && request.label != "shares.get") return false;
        if (*number == 0) return false;
        if (!group && *number % 4 != 0) return false;
        if (group && ++*number % 2 == 0) {
          tap.answer(done, 404, "ResourceNotFound");
          return true;
        }
        tap.answer(done, 503, "ServerBusy");
        return true;
      }));
  auto told = watch(*lagging);
  world.clock().advance(seconds(10));
  *number = 1;
  world.clock().advance(minutes(10));
  CHECK_FALSE(told->operation->done());
  *number = 0;
  world.clock().advance(minutes(1));
  CHECK_FALSE(told->operation->done());
  CHECK(told->pages.back().events.back().name == "RUNNING");
}

TEST_CASE("events: one absent read before an outage is no end") {
  World world;
  auto agent = world.agent();
  create_watched(world, *agent);
  auto phase = std::make_shared<int>(0);
  auto misled = world.agent(
      tapped(world, [phase](Tap& tap, const HttpRequest& request, const Transport::Completion& done) {
        const bool group = request.label == "containerGroups.get";
        if (*phase == 0 || (!group && request.label != "shares.get")) return false;
        if (*phase == 1) {
          tap.answer(done, 404, group ? "ResourceNotFound" : "ShareNotFound");
          if (!group) *phase = 2;
        } else {
          tap.answer(done, 503, "ServerBusy");
        }
        return true;
      }));
  auto told = watch(*misled);
  world.clock().advance(seconds(10));
  *phase = 1;
  world.clock().advance(minutes(5));
  CHECK_FALSE(told->operation->done());
  *phase = 0;
  world.clock().advance(minutes(2));
  CHECK_FALSE(told->operation->done());
  CHECK(told->pages.size() == 1);
  CHECK(told->pages.back().azure_ahead.count() == 0);
}

TEST_CASE("events: throttling and an outage during a watch delay it") {
  for (const auto& fault : {Fault{Fault::kStatus, 429, "TooManyRequests", "30"},
                            Fault{Fault::kStatus, 503, "ServerBusy"}, Fault{Fault::kRefuseConnection, 0, ""},
                            Fault{Fault::kHang, 0, ""}, Fault{Fault::kMalformedBody, 0, ""}}) {
    CAPTURE(static_cast<int>(fault.kind));
    World world;
    auto agent = world.agent();
    auto other = world.agent();
    create_watched(world, *agent);
    auto told = watch(*agent);
    world.clock().advance(seconds(10));
    auto failing = std::make_shared<bool>(true);
    world.azure().set_fault_script(
        [failing, fault](const HttpRequest&, std::uint64_t) { return *failing ? fault : Fault{}; });
    const int before = reads(world);
    world.clock().advance(minutes(10));
    CHECK(reads(world) - before <= 300);
    CHECK_FALSE(told->operation->done());
    *failing = false;
    auto stopped = other->stop({kWatchedId, ""});
    REQUIRE(world.finish(stopped).ok());
    world.clock().advance(minutes(3));
    CHECK(told->names.back() == "STOPPED");
    CHECK(told->pages.back().azure_ahead.count() == 0);
    CHECK(told->pages_without_news == 0);
    remove_watched(world, *other);
    REQUIRE(world.finish(*told->operation).ok());
  }
}

TEST_CASE("events: a read without group and share among others changes nothing") {
  World world;
  auto agent = world.agent();
  create_watched(world, *agent);
  auto hidden = std::make_shared<int>(0);
  auto misled = world.agent(
      tapped(world, [hidden](Tap& tap, const HttpRequest& request, const Transport::Completion& done) {
        const bool group = request.label == "containerGroups.get";
        if (*hidden == 0 || (!group && request.label != "shares.get")) return false;
        if (!group) --*hidden;
        tap.answer(done, 404, group ? "ResourceNotFound" : "ShareNotFound");
        return true;
      }));
  auto told = watch(*misled);
  world.clock().advance(seconds(10));
  *hidden = 1;
  world.clock().advance(minutes(1));
  CHECK(*hidden == 0);
  CHECK_FALSE(told->operation->done());
  CHECK(told->pages.size() == 1);
  *hidden = 2;
  CHECK(world.finish(*told->operation).ok());
}

TEST_CASE("events: answers from the past say nothing new") {
  emulator::EmulatorOptions options;
  options.remembered_past = minutes(5);
  World world(options);
  auto agent = world.agent();
  auto other = world.agent();
  create_watched(world, *agent);
  world.clock().advance(minutes(2));
  auto told = watch(*agent);
  auto index = std::make_shared<int>(0);
  world.azure().set_fault_script([index](const HttpRequest& request, std::uint64_t) {
    Fault past;
    if (request.label != "containerGroups.get" || ++*index % 3 == 0) return past;
    past.kind = Fault::kStaleRead;
    past.age = seconds(20);
    return past;
  });
  auto restarted = other->restart({kWatchedId, ""});
  world.clock().advance(minutes(3));
  REQUIRE(restarted.done());
  CHECK_FALSE(told->operation->done());
  const std::set<std::string> names(told->names.begin(), told->names.end());
  CHECK(told->ids.size() == told->names.size());
  CHECK(std::count(told->names.begin(), told->names.end(), "RUNNING") == 2);
  CHECK_FALSE(names.contains("STOPPED"));
}

TEST_CASE("events: forty environments share the budget, and each one's watch is told") {
  emulator::EmulatorOptions options;
  options.core_quota = 1000;
  World world(options);
  auto agent = world.agent();
  auto other = world.agent();
  std::vector<std::string> ids;
  for (int i = 0; i < 40; ++i) ids.push_back("workspace-" + std::to_string(1000 + i));
  for (const std::string& id : ids) {
    auto created = agent->create(create_request(id));
    REQUIRE(world.finish(created).ok());
  }
  std::map<std::string, std::string> last;
  std::vector<Operation<Done>> watches;
  for (const std::string& id : ids) {
    watches.push_back(agent->watch_events(
        {id, ""}, [&last, id](const EventPage& page) { last[id] = page.events.back().name; }));
  }
  world.clock().advance(minutes(2));
  const int before = reads(world);
  world.clock().advance(minutes(10));
  MESSAGE("40 environments: " << reads(world) - before << " reads in ten minutes");
  CHECK(reads(world) - before <= 600 + 10);
  for (const std::string& id : ids) {
    CHECK(last[id] == "RUNNING");
    auto stopped = other->stop({id, ""});
    REQUIRE(world.finish(stopped).ok());
  }
  world.clock().advance(minutes(2));
  for (const std::string& id : ids) CHECK(last[id] == "STOPPED");
  for (const auto& watching : watches) CHECK_FALSE(watching.done());
}
