// Cursors of events: what was told is not told again, whatever its time, and nothing else is left out.
#include "event_cursor.h"

#include <doctest/doctest.h>

#include <set>

#include "dev8agent/event.h"

using dev8agentd::EventCursor;

namespace {

std::string id_of(int milliseconds) {
  return std::to_string(milliseconds) + "-70-0123456789ab";
}

// As another agent has it.
EventCursor carried(const EventCursor& cursor) {
  const auto read = EventCursor::read(cursor.text());
  REQUIRE(read);
  return *read;
}

}  // namespace

TEST_CASE("event cursor: the beginning has told nothing") {
  auto cursor = EventCursor::read("");
  REQUIRE(cursor);
  CHECK_FALSE(cursor->has_told(id_of(1)));
  CHECK(cursor->text().empty());
}

TEST_CASE("event cursor: an event that is dated earlier than one already told is not taken for told") {
  EventCursor cursor;
  cursor.note(id_of(1000));
  cursor.note(id_of(3000));
  EventCursor there = carried(cursor);
  CHECK(there.has_told(id_of(1000)));
  CHECK(there.has_told(id_of(3000)));
  CHECK_FALSE(there.has_told(id_of(2000)));
  CHECK_FALSE(there.has_told(id_of(4000)));
}

TEST_CASE("event cursor: it begins with the id of the event, and goes from agent to agent") {
  EventCursor cursor;
  for (int i = 1; i <= 5; ++i) {
    cursor.note(id_of(i * 1000));
    CHECK(cursor.text().starts_with(id_of(i * 1000) + "."));
    cursor = carried(cursor);
  }
  for (int i = 1; i <= 5; ++i) CHECK(cursor.has_told(id_of(i * 1000)));
}

TEST_CASE("event cursor: of an event's id alone, all up to it counts as told") {
  auto cursor = EventCursor::read(id_of(2000));
  REQUIRE(cursor);
  CHECK(cursor->has_told(id_of(1000)));
  CHECK(cursor->has_told(id_of(2000)));
  CHECK_FALSE(cursor->has_told(id_of(3000)));
}

TEST_CASE("event cursor: its text is bounded, and what it forgets counts as told") {
  EventCursor cursor;
  std::set<int> told;
  for (int i = 1; i <= 400; ++i) {
    if (i % 100 == 50) continue;
    cursor.note(id_of(i * 1000));
    told.insert(i);
    cursor = carried(cursor);
    for (const int number : told) REQUIRE(cursor.has_told(id_of(number * 1000)));
  }
  CHECK(cursor.text().size() < 600);
  CHECK_FALSE(cursor.has_told(id_of(350 * 1000)));
  CHECK(cursor.has_told(id_of(50 * 1000)));
  CHECK_FALSE(cursor.has_told(id_of(401 * 1000)));
}

TEST_CASE("event cursor: malformed texts are refused") {
  for (const std::string text :
       {"x", ".", "none.AAAA", "1000-70-0123456789ab.AAA", "1000-70-0123456789ab.AA!A",
        "1000-70-0123456789ab.AAAA.x", "1000-70-0123456789ab.AAAA.1-1-0123456789ab.1-1-0123456789ab"}) {
    CAPTURE(text);
    CHECK_FALSE(EventCursor::read(text));
  }
  CHECK_FALSE(EventCursor::read(id_of(1) + "." + std::string(1000, 'A')));
}
