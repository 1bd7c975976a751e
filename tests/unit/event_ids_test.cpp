// The ids of events: one order on all agents, and a place to go on from after any of them.
#include <doctest/doctest.h>

#include <algorithm>

#include "dev8agent/event.h"
#include "plan/events.h"
#include "support/plan_samples.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;
using std::chrono::microseconds;
using std::chrono::milliseconds;

namespace {

EnvironmentEvent sample_event() {
  EnvironmentEvent event;
  event.environment_id = kSampleId;
  event.time = kSampleNow;
  event.name = "Pulled";
  event.message = "the image is there";
  return event;
}

std::string id_of(const EnvironmentEvent& event, int rank = 22) {
  return plan::with_id(event, rank).id;
}

}  // namespace

TEST_CASE("event ids: the same event has the same id, whoever makes it") {
  CHECK(id_of(sample_event()) == id_of(sample_event()));
  EnvironmentEvent later = sample_event();
  later.time += microseconds(999);  // one agent reads more digits than another
  CHECK(id_of(later) == id_of(sample_event()));
  CHECK(plan::with_id(later, 22).time == kSampleNow);
}

TEST_CASE("event ids: another event has another id") {
  std::vector<EnvironmentEvent> others(7, sample_event());
  others[0].environment_id = "workspace-0002";
  others[1].time += milliseconds(1);
  others[2].type = EventType::kStatus;
  others[3].name = "Pulling";
  others[4].message = "another image is there";
  others[5].count = 2;
  others[6].source = EventSource::kAgent;
  for (const EnvironmentEvent& other : others) CHECK(id_of(other) != id_of(sample_event()));
  CHECK(id_of(sample_event(), 23) != id_of(sample_event(), 22));
  // What ends one part does not begin the next one.
  EnvironmentEvent one = sample_event();
  EnvironmentEvent two = sample_event();
  one.name = "ab";
  one.message = "c";
  two.name = "a";
  two.message = "bc";
  CHECK(id_of(one) != id_of(two));
}

TEST_CASE("event ids: the time decides first, as a number, then the rank") {
  EnvironmentEvent early = sample_event();
  early.time = WallTime(milliseconds(999));
  EnvironmentEvent late = sample_event();
  late.time = WallTime(milliseconds(1000));
  CHECK(comes_after(id_of(late, 0), id_of(early, 99)));
  CHECK_FALSE(comes_after(id_of(early, 99), id_of(late, 0)));
  CHECK(comes_after(id_of(late, 10), id_of(late, 9)));
  CHECK_FALSE(comes_after(id_of(late, 9), id_of(late, 10)));
  CHECK_FALSE(comes_after(id_of(late), id_of(late)));
}

TEST_CASE("event ids: what Azure no longer shows still has its place") {
  EnvironmentEvent forgotten = sample_event();
  forgotten.message = "an event of a container that is gone";
  EnvironmentEvent later = sample_event();
  later.time += milliseconds(1);
  EnvironmentEvent earlier = sample_event();
  earlier.time -= milliseconds(1);
  CHECK(comes_after(id_of(later), id_of(forgotten)));
  CHECK_FALSE(comes_after(id_of(earlier), id_of(forgotten)));
  // Of two events of one moment and rank, one comes after the other, on every agent.
  CHECK(comes_after(id_of(sample_event()), id_of(forgotten)) !=
        comes_after(id_of(forgotten), id_of(sample_event())));
}

TEST_CASE("event ids: an empty last id comes before all, a broken id after none") {
  CHECK(comes_after(id_of(sample_event()), ""));
  CHECK_FALSE(comes_after("", ""));
  CHECK_FALSE(comes_after("x", id_of(sample_event())));
  EnvironmentEvent ancient = sample_event();
  ancient.time = WallTime(milliseconds(-5));
  CHECK(is_event_id(id_of(ancient)));
  CHECK(comes_after(id_of(sample_event()), id_of(ancient)));
}

TEST_CASE("event ids: no other text is an id") {
  CHECK(is_event_id(id_of(sample_event())));
  for (const char* text : {"",
                           "-",
                           "--",
                           "1-2",
                           "1-2-",
                           "1-2-0123456789a",
                           "1-2-0123456789abc",
                           "1-2-0123456789AB",
                           "1-2-0123456789ag",
                           "-1-2-0123456789ab",
                           "+1-2-0123456789ab",
                           " 1-2-0123456789ab",
                           "1-2-0123456789ab ",
                           "1-2-0123456789ab\n",
                           "1--0123456789ab",
                           "-2-0123456789ab",
                           "1-x-0123456789ab",
                           "1.0-2-0123456789ab",
                           "1234567890123456789-2-0123456789ab",
                           "1-2-3-0123456789ab",
                           "99999999999999999999999999-2-0123456789ab",
                           "1-2-0123456789\xc3\xa4"}) {
    CAPTURE(std::string(text));
    CHECK_FALSE(is_event_id(text));
  }
}

TEST_CASE("event ids: sorting gives one order and each id once, whatever came first") {
  std::vector<EnvironmentEvent> events;
  for (int i = 0; i < 6; ++i) {
    EnvironmentEvent event = sample_event();
    event.time += milliseconds(i / 2);
    event.count = i + 1;
    events.push_back(plan::with_id(event, 20 + i % 2));
  }
  std::vector<EnvironmentEvent> sorted = events;
  sort_events(sorted);
  CHECK(sorted == events);
  std::vector<EnvironmentEvent> mixed = events;
  mixed.insert(mixed.end(), events.rbegin(), events.rend());
  std::rotate(mixed.begin(), mixed.begin() + 3, mixed.end());
  sort_events(mixed);
  CHECK(mixed == events);
}
