// When an environment that nobody uses is stopped, and when a report of use is written.
#include "plan/idle.h"

#include <doctest/doctest.h>

#include "plan/events.h"
#include "support/plan_samples.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::internal::plan;
using namespace dev8agent::test;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

constexpr seconds kWindow{3600};
constexpr seconds kMargin{30};
const WallTime kLongAgo = kSampleNow - hours(2);

ContainerGroup started(WallTime at) {
  ContainerGroup group = running_group();
  group.container_started_at = at;
  return group;
}

ContainerGroup tagged(ContainerGroup group, Labels tags) {
  group.tags.merge(tags);
  return group;
}

Observation seen(const ContainerGroup& group) {
  return sample_situation(group, true).seen;
}

ActivityReport report(ActivitySnapshot snapshot, WallTime timestamp = {}) {
  return {kSampleId, std::move(snapshot), timestamp};
}

TimePoint at(seconds since) {
  return TimePoint(hours(1)) + since;
}

}  // namespace

TEST_CASE("idle: the window of an environment, within what the operator allows") {
  const IdleRules open{hours(8), seconds(0)};
  CHECK(idle_window(open, std::nullopt) == hours(8));
  CHECK(idle_window(open, 30) == minutes(30));
  CHECK(idle_window(open, 0) == seconds(0));
  CHECK(idle_window(open, 10'000) == minutes(10'000));
  const IdleRules limited{hours(8), hours(10)};
  CHECK(idle_window(limited, std::nullopt) == hours(8));
  CHECK(idle_window(limited, 1) == minutes(1));
  CHECK(idle_window(limited, 600) == hours(10));
  CHECK(idle_window(limited, 601) == hours(10));
  CHECK(idle_window(limited, 0) == hours(10));
  for (const std::optional<int> own : {std::optional<int>(), std::optional(0), std::optional(30)})
    CHECK(idle_window(IdleRules{}, own) == seconds(0));
}

TEST_CASE("idle: how often is written and looked, bounded and by the window") {
  CHECK(activity_interval(hours(8)) == minutes(3));
  CHECK(activity_interval(minutes(4)) == minutes(1));
  CHECK(activity_interval(seconds(10)) == milliseconds(2500));
  CHECK(idle_look_interval(hours(8)) == seconds(30));
  CHECK(idle_look_interval(seconds(80)) == seconds(10));
  CHECK(idle_look_interval(seconds(10)) == milliseconds(1250));
}

TEST_CASE("idle: what counts as use, and how long ago it was by the reporter's own clock") {
  const std::string early = "2026-01-14T23:00:00Z";
  const std::string late = "2026-01-14T23:30:00Z";
  CHECK_FALSE(unused_for(report({}), kSampleNow));
  CHECK_FALSE(unused_for(report({"nonsense", "", 0, 0}), kSampleNow));
  CHECK_FALSE(unused_for(report({"0001-01-01T00:00:00Z", "", 0, 0}), kSampleNow));
  CHECK(unused_for(report({"", "", 1, 0}), kSampleNow) == milliseconds(0));
  CHECK(unused_for(report({early, "", 0, 1}), kSampleNow) == milliseconds(0));
  CHECK(unused_for(report({early, late, 0, 0}), kSampleNow) == minutes(30));
  CHECK(unused_for(report({late, early, 0, 0}), kSampleNow) == minutes(30));
  CHECK(unused_for(report({"", early, 0, 0}), kSampleNow) == hours(1));
  CHECK(unused_for(report({"2026-01-15T05:00:00Z", "", 0, 0}), kSampleNow) == milliseconds(0));
  // The reporter's clock is a year slow: its timestamp says so.
  const WallTime slow = kSampleNow - hours(24 * 365);
  CHECK(unused_for(report({"2025-01-14T23:50:00Z", "", 0, 0}, slow), kSampleNow) == minutes(10));
}

TEST_CASE("idle: a report is written when it tells more than the tag, and seldom") {
  KnownUse use;
  CHECK_FALSE(is_write_due(use, at(seconds(0)), kWindow));
  use.reported = at(seconds(0));
  CHECK(is_write_due(use, at(seconds(0)), kWindow));
  CHECK_FALSE(is_write_due(use, at(seconds(0)), seconds(0)));
  use.written = use.tagged = use.reported;
  use.written_at = at(seconds(0));
  CHECK_FALSE(is_write_due(use, at(hours(1)), kWindow));  // nothing new
  use.reported = at(seconds(30));
  CHECK_FALSE(is_write_due(use, at(minutes(3) - seconds(1)), kWindow));
  CHECK(is_write_due(use, at(minutes(3)), kWindow));
  CHECK(is_write_due(use, at(seconds(30)), seconds(120)));
  // Another agent has written a later one.
  use.tagged = at(minutes(5));
  CHECK_FALSE(is_write_due(use, at(hours(1)), kWindow));
  use.reported = at(minutes(6));
  CHECK_FALSE(is_write_due(use, at(minutes(6)), kWindow));
  CHECK(is_write_due(use, at(minutes(8)), kWindow));
}

TEST_CASE("idle: what was written over is written again") {
  KnownUse use;
  use.reported = use.written = at(minutes(10));
  use.note_tag(at(minutes(10) - seconds(2)));  // as exactly as answers are dated
  CHECK_FALSE(is_write_due(use, at(hours(1)), kWindow));
  use.note_tag(at(minutes(9)));
  CHECK(is_write_due(use, at(hours(1)), kWindow));
  use.written = use.reported;
  use.note_tag(std::nullopt);
  CHECK(is_write_due(use, at(hours(1)), kWindow));
}

TEST_CASE("idle: the window begins with the start and anew with each use") {
  const auto end = [](const ContainerGroup& group, std::optional<WallTime> reported = {}) {
    return idle_stop_at(seen(group), kWindow, reported);
  };
  CHECK(end(started(kLongAgo)) == kLongAgo + kWindow);
  CHECK(end(tagged(started(kLongAgo), last_activity_tag(kSampleNow))) == kSampleNow + kWindow);
  CHECK(end(started(kLongAgo), kSampleNow) == kSampleNow + kWindow);
  // Use of an earlier run.
  CHECK(end(tagged(started(kLongAgo), last_activity_tag(kLongAgo - hours(1)))) == kLongAgo + kWindow);
}

TEST_CASE("idle: without a window, a running container or a known start there is no stop") {
  CHECK_FALSE(idle_stop_at(seen(started(kLongAgo)), seconds(0)));
  CHECK_FALSE(idle_stop_at(seen(running_group()), kWindow));
  CHECK_FALSE(idle_stop_at(sample_situation(std::nullopt, true).seen, kWindow));
  for (ContainerGroup group : {stopped_group(), pending_group(), deleting_group(), failed_group()}) {
    group.container_started_at = kLongAgo;
    CHECK_FALSE(idle_stop_at(seen(group), kWindow));
    CHECK_FALSE(due_idle_stop(seen(group), kWindow, std::nullopt));
  }
}

TEST_CASE("idle: the stop is due a while after the end of the window") {
  const auto due = [](WallTime start, std::optional<WallTime> reported = {}) {
    return due_idle_stop(seen(started(start)), kWindow, reported);
  };
  const WallTime just = kSampleNow - kWindow - kMargin;
  CHECK(due(just) == IdleStop{just, kSampleNow});
  CHECK_FALSE(due(just + milliseconds(1)));
  CHECK_FALSE(due(just, just + seconds(1)));
  CHECK(due(kLongAgo, just) == IdleStop{just, kSampleNow});
  // Another read has shown a later start.
  Observation past = seen(started(kLongAgo));
  past.latest_run = kSampleNow - hours(1);
  CHECK_FALSE(due_idle_stop(past, seconds(60), std::nullopt));
}

TEST_CASE("idle: a list tells how early a stop may be, by the tags") {
  const auto earliest = [](const ContainerGroup& group) {
    return earliest_idle_stop(*seen(group).group, kWindow);
  };
  CHECK(earliest(running_group()) == WallTime{} + kWindow + kMargin);
  CHECK(earliest(tagged(running_group(), last_activity_tag(kSampleNow))) == kSampleNow + kWindow + kMargin);
  CHECK_FALSE(earliest_idle_stop(*seen(running_group()).group, seconds(0)));
}

TEST_CASE("idle: a mark is about one run and one idle time") {
  const IdleStop stop{kLongAgo, kSampleNow - hours(1)};
  const Labels mark = idle_stop_tag(stop);
  CHECK(is_mark_of_running(seen(tagged(started(kLongAgo), mark))));
  CHECK(is_marked(seen(tagged(started(kLongAgo), mark)), stop));
  CHECK_FALSE(is_marked(seen(tagged(started(kLongAgo), mark)), {kSampleNow - minutes(59), kSampleNow}));
  CHECK_FALSE(is_mark_of_running(seen(tagged(started(kSampleNow), mark))));
  CHECK_FALSE(is_mark_of_running(seen(tagged(stopped_group(), mark))));
  CHECK_FALSE(is_mark_of_running(seen(tagged(started(kLongAgo), idle_stop_tag(std::nullopt)))));
}

TEST_CASE("idle: its times are tags of their own, which a deployment keeps") {
  const IdleStop stop{kSampleNow, kSampleNow + hours(1)};
  Labels tags = last_activity_tag(kSampleNow);
  tags.merge(idle_stop_tag(stop));
  CHECK(last_activity_in(tags) == kSampleNow);
  CHECK(idle_stop_in(tags) == stop);
  CHECK(last_activity_in(to_tags(sample_facts(), "token", tags)) == kSampleNow);
  CHECK(idle_stop_in(to_tags(sample_facts(), "token", tags)) == stop);
  CHECK_FALSE(last_activity_in({{"lastActivityAt", "yesterday"}}));
  for (const char* text : {"", "x", "2026-01-15T00:00:00Z", "2026-01-15T00:00:00Z x"})
    CHECK_FALSE(idle_stop_in({{"idleStop", text}}));
}

TEST_CASE("idle: the minutes of an environment are kept as tag and metadata, when there are any") {
  Facts facts = sample_facts();
  CHECK_FALSE(to_tags(facts, "").contains("idleStopMinutes"));
  CHECK_FALSE(from_tags(to_tags(facts, "")).idle_stop_minutes);
  for (int own : {0, 45}) {
    facts.idle_stop_minutes = own;
    CHECK(from_tags(to_tags(facts, "")).idle_stop_minutes == own);
    CHECK(from_metadata(to_metadata(facts, "")).idle_stop_minutes == own);
  }
  // What an earlier environment of the id has left is not the new one's.
  const Facts plain = sample_facts();
  CHECK_FALSE(to_tags(plain, "", to_tags(facts, "")).contains("idleStopMinutes"));
  CHECK_FALSE(to_metadata(plain, "", to_metadata(facts, "")).contains("idlestopminutes"));
}

TEST_CASE("idle: the event of a stop is told once the container does not run any more") {
  const IdleStop stop{kLongAgo, kSampleNow - hours(1)};
  const auto told = [&](const ContainerGroup& group) {
    std::vector<EnvironmentEvent> found;
    for (const EnvironmentEvent& event :
         events_of(kSampleId, seen(tagged(group, idle_stop_tag(stop))), kSampleNow))
      if (event.type == EventType::kActivity) found.push_back(event);
    return found;
  };
  CHECK(told(started(kLongAgo)).empty());
  CHECK(told(started(kSampleNow)).size() == 1);
  REQUIRE(told(stopped_group()).size() == 1);
  const EnvironmentEvent event = told(stopped_group()).front();
  CHECK(event.name == "IdleStop");
  CHECK(event.time == stop.at);
  CHECK(event.message.find("2026-01-14T22:00:00") != std::string::npos);
  CHECK(event.message.find("3600 s") != std::string::npos);
}
