// What Azure shows of an environment, and the stages of an operation, as events.
#include <doctest/doctest.h>

#include "plan/events.h"
#include "support/plan_samples.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

ContainerEvent event_at(std::string name, WallTime at, int count = 1) {
  ContainerEvent event;
  event.name = std::move(name);
  event.message = "of " + event.name;
  event.type = "Normal";
  event.count = count;
  event.first_at = event.last_at = at;
  return event;
}

std::vector<EnvironmentEvent> events_of(std::optional<ContainerGroup> group, bool share = true) {
  return plan::events_of(kSampleId, sample_situation(std::move(group), share).seen, kSampleNow);
}

// "Pulling@-10 RUNNING@-3": names, and seconds from kSampleNow.
std::string text_of(const std::vector<EnvironmentEvent>& events) {
  std::string text;
  for (const EnvironmentEvent& event : events) {
    const auto at = std::chrono::duration_cast<seconds>(event.time - kSampleNow).count();
    text += (text.empty() ? "" : " ") + event.name + "@" + std::to_string(at);
  }
  return text;
}

ContainerGroup with_events(ContainerGroup group, std::vector<ContainerEvent> events) {
  group.events = std::move(events);
  return group;
}

}  // namespace

TEST_CASE("events: a container's life in its order, though Azure mixes it and gives whole seconds") {
  const WallTime at = kSampleNow - seconds(9);
  ContainerGroup group = with_events(
      running_group(), {event_at("Started", at), event_at("Created", at), event_at("FailedMount", at),
                        event_at("Pulled", at), event_at("Killing", at), event_at("Pulling", at)});
  group.container_started_at = at;
  const auto events = events_of(group);
  CHECK(text_of(events) == "Killing@-9 Pulling@-9 Pulled@-9 Created@-9 Started@-9 FailedMount@-9 RUNNING@-9");
  for (const EnvironmentEvent& event : events) {
    CHECK(event.environment_id == kSampleId);
    const bool container = event.type == EventType::kContainer;
    CHECK(container == (event.source == EventSource::kAzure));
    CHECK((container || event.type == EventType::kStatus));
  }
}

TEST_CASE("events: a repetition is a new event at its last time, with Azure's count") {
  ContainerEvent back_off = event_at("BackOff", kSampleNow - seconds(60));
  const std::string before = events_of(with_events(pending_group(), {back_off}))[0].id;
  back_off.last_at = kSampleNow - seconds(5);
  back_off.count = 4;
  const auto events = events_of(with_events(pending_group(), {back_off}));
  CHECK(events[0].count == 4);
  CHECK(text_of(events) == "BackOff@-5");
  CHECK(comes_after(events[0].id, before));
}

TEST_CASE("events: missing times and counts are stood in for") {
  ContainerEvent event = event_at("Pulling", kSampleNow - seconds(7));
  event.count = 0;
  event.last_at.reset();
  CHECK(text_of(events_of(with_events(sample_group("", ""), {event}))) == "Pulling@-7");
  event.first_at.reset();
  const auto events = events_of(with_events(sample_group("", ""), {event}));
  CHECK(text_of(events) == "Pulling@-7200");  // when the environment was made
  CHECK(events[0].count == 1);
  ContainerGroup unmarked = with_events(sample_group("", ""), {event});
  unmarked.tags.clear();
  const auto oldest = plan::events_of(kSampleId, sample_situation(unmarked, false).seen, kSampleNow);
  REQUIRE(oldest.size() == 1);
  CHECK(is_event_id(oldest[0].id));
}

TEST_CASE("events: messages are masked, printable and short") {
  ContainerEvent event = event_at("Failed", kSampleNow);
  event.message = "pull with token=canary-token\r\nfailed\x1b[0m";
  const auto masked = events_of(with_events(pending_group(), {event}))[0];
  CHECK(masked.message.find("canary") == std::string::npos);
  CHECK(masked.message.find("token=***") != std::string::npos);
  for (const char c : masked.message) CHECK(static_cast<unsigned char>(c) >= 0x20);
  event.message = std::string(10'000, 'x') + "end";
  const auto cut = events_of(with_events(pending_group(), {event}))[0];
  CHECK(cut.message.size() <= 1003);
  CHECK(cut.message.ends_with("..."));
  event.message = "";
  CHECK(events_of(with_events(pending_group(), {event}))[0].message.empty());
  event.name = std::string(10'000, 'n');
  CHECK(events_of(with_events(pending_group(), {event}))[0].name.size() <= 103);
}

TEST_CASE("events: each status, since when it holds") {
  struct Row {
    std::string what;
    std::optional<ContainerGroup> group;
    bool share;
    std::string events;
  };
  ContainerGroup running = running_group();
  running.container_started_at = kSampleNow - seconds(30);
  ContainerGroup stopped = stopped_group();
  stopped.container_finished_at = kSampleNow - seconds(20);
  ContainerGroup ended = ended_group();
  ended.container_finished_at = kSampleNow - seconds(10);
  const ContainerGroup starting =
      with_events(pending_group(), {event_at("Pulling", kSampleNow - seconds(40))});
  const Row rows[] = {
      {"nothing", std::nullopt, false, ""},
      {"share alone", std::nullopt, true, "STOPPED@-7200"},
      {"running", running, true, "RUNNING@-30"},
      {"running, no time", running_group(), true, ""},
      {"running, no share", running, false, "ERROR@-30"},
      {"stopped", stopped, true, "STOPPED@-20"},
      {"stopped, no time", stopped_group(), true, ""},
      {"ended by itself", ended, true, "ERROR@-10"},
      {"starting", starting, true, "Pulling@-40 STARTING@-40"},
      {"deleting", deleting_group(), true, ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    CHECK(text_of(events_of(row.group, row.share)) == row.events);
  }
}

TEST_CASE("events: a young environment that comes up is being created since it was made") {
  plan::Situation at = sample_situation(pending_group(), true);
  at.seen.group->facts.created_at = kSampleNow - minutes(2);
  CHECK(text_of(plan::events_of(kSampleId, at.seen, kSampleNow)) == "CREATING@-120");
  plan::Situation share = sample_situation(std::nullopt, true);
  share.seen.share->facts.created_at = kSampleNow - minutes(2);
  CHECK(text_of(plan::events_of(kSampleId, share.seen, kSampleNow)) == "CREATING@-120");
}

TEST_CASE("events: an error is one status event while it lasts, and tells why") {
  ContainerEvent failed = failure_event("Failed", ErrorCode::kImagePullFailed, kSampleNow - seconds(50));
  failed.first_at = failed.last_at;
  failed.message = "cannot pull with password=canary-word";
  failed.failure->message = failed.message;
  const auto first = events_of(with_events(pending_group(), {failed}));
  REQUIRE(first.size() == 2);
  CHECK(first[1].name == "ERROR");
  CHECK(first[1].message.find("cannot pull") != std::string::npos);
  CHECK(first[1].message.find("canary") == std::string::npos);
  failed.last_at = kSampleNow - seconds(5);
  failed.count = 3;
  failed.failure->message = "still the same, in other words";
  const auto again = events_of(with_events(pending_group(), {failed}));
  REQUIRE(again.size() == 2);
  CHECK(text_of(again) == "ERROR@-50 Failed@-5");
  CHECK(again[0].id == first[1].id);
  CHECK(again[1].id != first[0].id);
}

TEST_CASE("events: the end comes after all that happened at its time") {
  ContainerGroup group = with_events(running_group(), {event_at("Failed", kSampleNow)});
  group.container_started_at = kSampleNow;
  const auto events = events_of(group);
  const EnvironmentEvent gone = plan::gone_event(kSampleId, kSampleNow);
  CHECK(gone.type == EventType::kDone);
  for (const EnvironmentEvent& event : events) CHECK(comes_after(gone.id, event.id));
}

TEST_CASE("events: a watch reads often while something changes and seldom while nothing does") {
  const auto delay = [](std::optional<ContainerGroup> group) {
    return plan::watch_delay(sample_situation(std::move(group), true).seen, kSampleNow);
  };
  CHECK(delay(std::nullopt) == seconds(2));
  CHECK(delay(pending_group()) == seconds(2));
  CHECK(delay(deleting_group()) == seconds(2));
  CHECK(delay(running_group()) == seconds(5));
  CHECK(delay(stopped_group()) == seconds(10));
}
