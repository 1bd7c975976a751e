// The idle stop when something is wrong: clocks, an Azure that fails, refuses or shows the past, lost marks.
#include <doctest/doctest.h>

#include "plan/facts.h"
#include "support/idle_bench.h"
#include "support/skewed_scheduler.h"
#include "support/tap.h"

using namespace dev8agent;
using namespace dev8agent::test;
using namespace dev8agent::test::idle;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_CASE("idle stop: wrong clocks of agents and supervisors change nothing") {
  for (const auto ahead : {minutes(-40), minutes(40)}) {
    for (const bool connected : {true, false}) {
      CAPTURE(ahead.count());
      CAPTURE(connected);
      World world;
      AgentTweaks skewed;
      skewed.adjust = [ahead](AgentOptions& options) {
        options.idle_stop_after = minutes(20);
        options.scheduler = std::make_shared<SkewedScheduler>(options.scheduler, ahead);
      };
      auto wrong = world.agent(skewed);
      auto right = world.agent(with_window(minutes(20)));
      create(world, *wrong, kId);
      for (int i = 0; i < 30; ++i) {
        // The supervisor's clock is wrong, too, and by another time.
        ActivityReport report;
        report.environment_id = kId;
        report.timestamp = world.clock().wall_now() - ahead * 2;
        report.snapshot.active_ide_connections = connected ? 1 : 0;
        report.snapshot.last_ssh_activity = connected ? "" : rfc3339(report.timestamp - seconds(5));
        auto operation = (i % 2 == 0 ? *wrong : *right).report_activity(report);
        REQUIRE(world.finish(operation).ok());
        world.clock().advance(minutes(1));
        REQUIRE(runs(world, kId));
      }
      const seconds took = until_stopped(world, kId);
      CHECK(took >= minutes(18));
      CHECK(took <= minutes(20) + seconds(2));
      auto get = right->get({kId, ""});
      const auto used = world.finish(get)->last_activity_at;
      REQUIRE(used);
      CHECK(world.clock().wall_now() - *used >= minutes(20));
    }
  }
}

TEST_CASE("idle stop: an Azure that fails delays it and loses no use") {
  World world;
  auto away = std::make_shared<bool>(false);
  auto agent = world.agent(tapped(
      world,
      [away](Tap& tap, const HttpRequest&, const Transport::Completion& done) {
        if (!*away) return false;
        tap.answer(done, 503, "ServerBusy");
        return true;
      },
      with_window(minutes(20))));
  create(world, *agent, kId);
  world.clock().advance(minutes(15));
  *away = true;
  ActivityReport report;
  report.environment_id = kId;
  report.snapshot.active_ssh_connections = 1;
  auto operation = agent->report_activity(report);
  world.clock().advance(minutes(4));
  *away = false;
  world.clock().advance(minutes(14));  // 33 minutes after the start, 18 after the use
  CHECK(runs(world, kId));
  until_stopped(world, kId);
}

TEST_CASE("idle stop: a report that an older one has overwritten is written again") {
  World world;
  auto late = std::make_shared<bool>(true);
  auto slow = world.agent(tapped(
      world,
      [late](Tap& tap, const HttpRequest& request, const Transport::Completion& done) {
        if (request.label != "tags.merge" || !std::exchange(*late, false)) return false;
        tap.pass_later(minutes(4), request, done);
        return true;
      },
      with_window(minutes(20))));
  auto replica = world.agent(with_window(minutes(20)));
  create(world, *replica, kId);
  world.clock().advance(minutes(1));
  ActivityReport report;
  report.environment_id = kId;
  report.snapshot.active_ide_connections = 1;
  auto operation = slow->report_activity(report);
  world.clock().advance(minutes(3));
  use(world, *replica, kId);
  const TimePoint used = world.clock().now();
  world.clock().advance(minutes(2));  // the late write has taken effect
  slow.reset();
  until_stopped(world, kId);
  CHECK(world.clock().now() - used >= minutes(20));
}

TEST_CASE("idle stop: reads that show the past stop nothing that is in use") {
  emulator::EmulatorOptions options;
  options.remembered_past = minutes(1);
  World world(options);
  auto agent = world.agent(with_window(minutes(20)));
  auto replica = world.agent(with_window(minutes(20)));
  create(world, *agent, kId);
  world.azure().set_fault_script([](const HttpRequest& request, std::uint64_t) {
    emulator::Fault fault;
    if (request.label.starts_with("containerGroups.")) fault.kind = emulator::Fault::kStaleRead;
    fault.age = seconds(20);
    return fault;
  });
  // One use just before the end of each window.
  TimePoint used{};
  for (int i = 0; i < 5; ++i) {
    world.clock().advance(minutes(20) - seconds(5));
    use(world, i % 2 == 0 ? *agent : *replica, kId);
    used = world.clock().now();
    REQUIRE(runs(world, kId));
  }
  until_stopped(world, kId);
  CHECK(world.clock().now() - used >= minutes(20));
}

TEST_CASE("idle stop: an answer that was long on its way is not relied on") {
  World world;
  auto begun = std::make_shared<bool>(false);
  auto held = std::make_shared<bool>(false);
  auto agent = world.agent(tapped(
      world,
      [&world, begun, held](Tap& tap, const HttpRequest& request, const Transport::Completion& done) {
        *begun = *begun || request.body.find("idleStop") != std::string::npos;
        if (!*begun || request.label != "containerGroups.get" || std::exchange(*held, true)) return false;
        // Azure answers at once, and the answer is 10 s on its way.
        tap.pass_later(seconds(0), request, [&world, done](Result<HttpResponse> answer) {
          world.clock().call_at(world.clock().now() + seconds(10), [done, answer] { done(answer); });
        });
        return true;
      },
      with_window(minutes(20))));
  auto replica = world.agent();
  auto other = world.agent(with_window(hours(8)));
  create(world, *replica, kId);
  REQUIRE(world.clock().run_until([&] { return *held; }));
  world.clock().advance(seconds(1));
  use(world, *other, kId);
  world.clock().advance(minutes(15));
  CHECK(runs(world, kId));
}

TEST_CASE("idle stop: where the mark cannot be written, as without the right to tag, nothing is stopped") {
  World world;
  auto refuse = std::make_shared<bool>(true);
  std::vector<LogRecord> log;
  AgentTweaks tweaks = with_window(minutes(20));
  tweaks.logger = [&log](const LogRecord& record) { log.push_back(record); };
  auto agent = world.agent(tapped(
      world,
      [refuse](Tap& tap, const HttpRequest& request, const Transport::Completion& done) {
        if (request.label != "tags.merge" || !*refuse) return false;
        tap.answer(done, 403, "AuthorizationFailed");
        return true;
      },
      tweaks));
  create(world, *agent, kId);
  world.clock().advance(hours(2));
  CHECK(runs(world, kId));
  CHECK(std::any_of(log.begin(), log.end(),
                    [](const LogRecord& record) { return record.event == "idle.not_stopped"; }));
  *refuse = false;
  CHECK(until_stopped(world, kId) <= minutes(1));
}

TEST_CASE("idle stop: a stop that was begun and not finished is no event, and is finished or forgotten") {
  for (const bool used_again : {false, true}) {
    CAPTURE(used_again);
    World world;
    auto marked = std::make_shared<bool>(false);
    auto victim = world.agent(tapped(
        world,
        [marked](Tap&, const HttpRequest& request, const Transport::Completion&) {
          // The process hears nothing any more once it has marked the group.
          const bool silent = *marked;
          *marked = *marked || request.label == "tags.merge";
          return silent;
        },
        with_window(minutes(20))));
    auto creator = world.agent();
    create(world, *creator, kId);
    REQUIRE(world.clock().run_until([&] { return plan::idle_stop_in(world.group(kId).tags).has_value(); }));
    victim.reset();
    const auto told = [&] {
      auto events = creator->events({.id = kId});
      const auto& page = world.finish(events);
      REQUIRE(page.ok());
      return std::count_if(page->events.begin(), page->events.end(),
                           [](const EnvironmentEvent& event) { return event.type == EventType::kActivity; });
    };
    CHECK(told() == 0);
    auto agent = world.agent(with_window(minutes(20)));
    if (used_again) {
      use(world, *agent, kId);
      world.clock().advance(minutes(5));
      CHECK_FALSE(plan::idle_stop_in(world.group(kId).tags));
    }
    until_stopped(world, kId);
    CHECK(told() == 1);
  }
}
