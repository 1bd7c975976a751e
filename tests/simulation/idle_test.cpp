// The idle stop: never what was used within its window, always what was not, one window later.
#include <doctest/doctest.h>

#include "base/time_format.h"
#include "plan/facts.h"
#include "support/idle_bench.h"
#include "support/tap.h"

using namespace dev8agent;
using namespace dev8agent::test;
using namespace dev8agent::test::idle;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_CASE("idle stop: what nobody uses is stopped one window after its start, files and definition stay") {
  for (const seconds window : {seconds(10), seconds(240), seconds(hours(8))}) {
    CAPTURE(window.count());
    World world;
    auto agent = world.agent(with_window(window));
    create(world, *agent, kId);
    const seconds took = until_stopped(world, kId);
    CHECK(took >= window - seconds(2));
    CHECK(took <= window + std::min<seconds>(minutes(1), window / 4 + seconds(1)) + seconds(2));
    CHECK(world.has_share(kId));
    world.clock().advance(seconds(30));
    auto events = agent->events({.id = kId});
    const auto& page = world.finish(events);
    REQUIRE(page.ok());
    int told = 0;
    for (const EnvironmentEvent& event : page->events)
      told += event.type == EventType::kActivity && event.name == "IdleStop";
    CHECK(told == 1);
  }
}

TEST_CASE("idle stop: without a window nothing is stopped") {
  World world;
  auto agent = world.agent();
  create(world, *agent, kId);
  use(world, *agent, kId);
  world.clock().advance(hours(100));
  CHECK(runs(world, kId));
  CHECK(world.count("Tags_UpdateAtScope") == 0);
}

TEST_CASE("idle stop: use keeps an environment up, and the window begins anew with the last of it") {
  World world;
  auto agent = world.agent(with_window(minutes(20)));
  create(world, *agent, kId);
  create(world, *agent, kOther);
  for (int i = 0; i < 120; ++i) {
    use(world, *agent, kId);
    world.clock().advance(minutes(1));
    REQUIRE(runs(world, kId));
  }
  CHECK_FALSE(runs(world, kOther));
  // A report every minute, and a write every three.
  CHECK(world.count("Tags_UpdateAtScope") <= 45);
  const seconds took = until_stopped(world, kId);
  CHECK(took >= minutes(18));  // the last report was a minute ago
  CHECK(took <= minutes(20) + seconds(2));
}

TEST_CASE("idle stop: the last report counts, also when it is not written at once") {
  World world;
  auto agent = world.agent(with_window(minutes(20)));
  create(world, *agent, kId);
  use(world, *agent, kId);
  world.clock().advance(minutes(2));  // too soon for another write
  use(world, *agent, kId);
  const seconds took = until_stopped(world, kId);
  CHECK(took >= minutes(20) - seconds(1));
  CHECK(took <= minutes(21) + seconds(2));
}

TEST_CASE("idle stop: every agent decides alike, whoever got the reports, and a restarted one too") {
  World world;
  auto reported_to = world.agent(with_window(minutes(20)));
  auto replica = world.agent(with_window(minutes(20)));
  create(world, *replica, kId);
  for (int i = 0; i < 60; ++i) {
    use(world, *reported_to, kId);
    world.clock().advance(minutes(1));
    REQUIRE(runs(world, kId));
    if (i == 30) replica = world.agent(with_window(minutes(20)));
  }
  world.clock().advance(seconds(10));  // what was reported last is written by then
  reported_to.reset();
  const seconds took = until_stopped(world, kId);
  CHECK(took >= minutes(16));
  CHECK(took <= minutes(21));
}

TEST_CASE("idle stop: an earlier use that one agent hears of does not replace the later one of another") {
  World world;
  auto late = world.agent(with_window(minutes(40)));
  auto early = world.agent(with_window(minutes(40)));
  create(world, *late, kId);
  // Both have seen the environment before anybody used it.
  world.clock().advance(minutes(10));
  use(world, *late, kId);
  const auto tag = [&] { return world.group(kId).tags.at("lastActivityAt"); };
  const std::string used_at = tag();
  ActivityReport report;
  report.environment_id = kId;
  report.timestamp = world.clock().wall_now();
  report.snapshot.last_ide_activity = rfc3339(report.timestamp - minutes(5));
  auto reported = early->report_activity(report);
  REQUIRE(world.finish(reported).ok());
  CHECK(tag() == used_at);
  world.clock().advance(minutes(5));
  CHECK(tag() == used_at);
}

TEST_CASE("idle stop: a stopped environment that is started again has a whole window") {
  World world;
  auto agent = world.agent(with_window(minutes(20)));
  create(world, *agent, kId);
  until_stopped(world, kId);
  world.clock().advance(hours(3));
  StartRequest request;
  request.id = kId;
  auto start = agent->start(std::move(request));
  REQUIRE(world.finish(start).ok());
  const seconds took = until_stopped(world, kId);
  CHECK(took >= minutes(20) - seconds(2));
  CHECK(took <= minutes(21) + seconds(2));
}

TEST_CASE("idle stop: looks cost one list, and a read of a container when it may be due") {
  World world;
  auto agent = world.agent(with_window(hours(8)));
  for (int i = 0; i < 10; ++i) create(world, *agent, "workspace-000" + std::to_string(i));
  world.azure().clear_calls();
  world.clock().advance(hours(4));
  CHECK(world.count("ContainerGroups_ListByResourceGroup") <= 4 * 120 + 1);
  CHECK(world.count("ContainerGroups_Get") <= 10);
}

TEST_CASE("idle stop: an environment has a window of its own, or is never stopped") {
  World world;
  auto agent = world.agent(with_window(hours(8)));
  const auto create_with = [&](const std::string& id, int own) {
    CreateRequest request = create_request(id);
    request.spec.idle_stop_minutes = own;
    auto operation = agent->create(std::move(request));
    REQUIRE(world.finish(operation).ok());
  };
  create_with(kId, 0);
  create_with(kOther, 1);
  seconds took = until_stopped(world, kOther);
  CHECK(took >= seconds(60) - seconds(2));
  CHECK(took <= seconds(60 + 15));
  world.clock().advance(hours(100));
  REQUIRE(runs(world, kId));
  auto never = agent->get({kId, ""});
  CHECK_FALSE(world.finish(never)->idle_stop_at);
  CHECK(world.finish(never)->idle_stop_minutes == 0);
  // A start chooses anew.
  StartRequest request;
  request.id = kOther;
  request.changes.idle_stop_minutes = 30;
  auto start = agent->start(std::move(request));
  REQUIRE(world.finish(start).ok());
  took = until_stopped(world, kOther);
  CHECK(took >= minutes(30) - seconds(2));
  CHECK(took <= minutes(31));
  CHECK(plan::from_metadata(world.share(kOther).metadata).idle_stop_minutes == 30);
}

TEST_CASE("idle stop: what it shows: last use, the end of the window, and why it was stopped") {
  World world;
  auto agent = world.agent(with_window(minutes(20)));
  create(world, *agent, kId);
  auto fresh = agent->get({kId, ""});
  CHECK_FALSE(world.finish(fresh)->last_activity_at);
  const auto window_end = world.finish(fresh)->idle_stop_at;
  REQUIRE(window_end);
  CHECK(*window_end <= world.clock().wall_now() + minutes(20));
  CHECK(*window_end >= world.clock().wall_now() + minutes(19));
  world.clock().advance(minutes(5));
  use(world, *agent, kId);
  const WallTime used = world.clock().wall_now();
  auto later = agent->get({kId, ""});
  REQUIRE(world.finish(later)->last_activity_at);
  CHECK(std::chrono::abs(*world.finish(later)->last_activity_at - used) <= seconds(2));
  CHECK(*world.finish(later)->idle_stop_at == *world.finish(later)->last_activity_at + minutes(20));
  until_stopped(world, kId);
  auto stopped = agent->get({kId, ""});
  CHECK(world.finish(stopped)->last_activity_at);
  CHECK_FALSE(world.finish(stopped)->idle_stop_at);
  auto events = agent->events({.id = kId});
  const auto& page = world.finish(events);
  REQUIRE(page.ok());
  const auto told = std::find_if(page->events.begin(), page->events.end(), [](const EnvironmentEvent& event) {
    return event.type == EventType::kActivity;
  });
  REQUIRE(told != page->events.end());
  const std::string why = "stopped, because nobody has used it since ";
  REQUIRE(told->message.starts_with(why));
  const auto since = parse_rfc3339(told->message.substr(why.size(), rfc3339(used).size()));
  REQUIRE(since);
  CHECK(std::chrono::abs(*since - used) <= seconds(2));
}

TEST_CASE("idle stop: a start or a create of what runs already counts as use") {
  for (const bool by_start : {true, false}) {
    CAPTURE(by_start);
    World world;
    auto agent = world.agent(with_window(minutes(20)));
    create(world, *agent, kId);
    world.clock().advance(minutes(19));
    StartRequest request;
    request.id = kId;
    auto again = by_start ? agent->start(std::move(request)) : agent->create(create_request(kId));
    REQUIRE(world.finish(again).ok());
    CHECK(until_stopped(world, kId) >= minutes(20) - seconds(2));
  }
}

TEST_CASE("idle stop: tags of others, and of other agents, stay") {
  World world;
  auto agent = world.agent(with_window(minutes(20)));
  auto replica = world.agent(with_window(minutes(20)));
  // Somebody sets a tag between the agent's read and its write, and another agent notes a later use.
  auto tagged = std::make_shared<int>(0);
  auto slow = world.agent(tapped(
      world,
      [tagged](Tap& tap, const HttpRequest& request, const Transport::Completion& done) {
        if (request.label != "tags.merge" || ++*tagged > 1) return false;
        HttpRequest others = request;
        others.body = R"({"operation":"Merge","properties":{"tags":{"team":"blue"}}})";
        tap.pass_later(std::chrono::milliseconds(1), others, [](Result<HttpResponse>) {});
        tap.pass_later(seconds(1), request, done);
        return true;
      },
      with_window(minutes(20))));
  create(world, *agent, kId);
  world.clock().advance(minutes(1));
  const auto before = world.group(kId).tags;
  use(world, *slow, kId);
  auto after = world.group(kId).tags;
  CHECK(after.at("team") == "blue");
  CHECK(plan::last_activity_in(after));
  for (const auto& [name, value] : before) CHECK(after.at(name) == value);
  // What an agent knows of an earlier use does not replace a later one.
  world.clock().advance(minutes(4));
  ActivityReport old;
  old.environment_id = kId;
  old.timestamp = world.clock().wall_now();
  old.snapshot.last_ide_activity = rfc3339(old.timestamp - minutes(10));
  use(world, *replica, kId);
  const auto latest = plan::last_activity_in(world.group(kId).tags);
  auto operation = agent->report_activity(old);
  REQUIRE(world.finish(operation).ok());
  world.clock().advance(minutes(5));
  CHECK(plan::last_activity_in(world.group(kId).tags) == latest);
}

TEST_CASE("idle stop: many that are due at one time are stopped together") {
  emulator::EmulatorOptions options;
  options.creates_per_5_minutes = 1000;
  World world(options);
  AgentTweaks tweaks = with_window(minutes(20));
  auto agent = world.agent(tweaks);
  // The agent looks every 30 s. So no look falls on the end of the 21 minutes below.
  world.clock().advance(seconds(10));
  std::vector<Operation<EnvironmentOutcome>> creates;
  for (int i = 0; i < 40; ++i)
    creates.push_back(agent->create(create_request("workspace-" + std::to_string(1000 + i))));
  for (const auto& operation : creates) REQUIRE(world.finish(operation).ok());
  world.clock().advance(minutes(21));
  for (const auto& group : world.azure().groups()) CHECK(group.state == "Stopped");
  std::vector<TimePoint> stops;
  for (const emulator::Call& call : world.azure().calls()) {
    if (call.operation == "ContainerGroups_Stop") stops.push_back(call.at);
  }
  REQUIRE(stops.size() == 40);
  CHECK(stops.back() - stops.front() <= seconds(1));
}

TEST_CASE("activity: a report by the key of one user is about that user's environment") {
  World world;
  auto agent = world.agent(with_window(minutes(20)));
  create(world, *agent, kId);
  ActivityReport report;
  report.environment_id = kId;
  report.snapshot.active_ide_connections = 1;
  auto others = agent->report_activity(report, {.only_user = "user-2"});
  const auto& refused = world.finish(others);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == ErrorCode::kNotFound);
  CHECK_FALSE(plan::last_activity_in(world.group(kId).tags));
  auto own = agent->report_activity(report, {.only_user = "user-1"});
  CHECK(world.finish(own).ok());
  CHECK(plan::last_activity_in(world.group(kId).tags));
}
