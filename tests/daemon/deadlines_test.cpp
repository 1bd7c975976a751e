// Deadlines that move, and entries of connections that have ended.
#include "deadlines.h"

#include <doctest/doctest.h>

using namespace dev8agentd;
using namespace std::chrono_literals;

namespace {

constexpr Deadline::TimePoint kStart{1h};
constexpr ConnectionId kId{7, 1};

// True when the deadline is told as passed at `now`.
bool passes(Deadlines& deadlines, Deadline& deadline, Deadline::TimePoint now) {
  ConnectionId id;
  bool passed = false;
  while (deadlines.pop(now, id)) passed = deadlines.has_passed(deadline, id, now) || passed;
  return passed;
}

}  // namespace

TEST_CASE("a deadline passes once, when its time has come") {
  Deadlines deadlines;
  Deadline deadline;
  deadlines.set(deadline, kId, kStart + 5s);
  CHECK(deadlines.next() == kStart + 5s);
  CHECK_FALSE(passes(deadlines, deadline, kStart + 4s));
  CHECK(passes(deadlines, deadline, kStart + 5s));
  CHECK_FALSE(passes(deadlines, deadline, kStart + 9s));
  CHECK(deadlines.next() == Deadline::TimePoint::max());
}

TEST_CASE("a deadline that moves later passes then; one that moves earlier passes earlier") {
  Deadlines deadlines;
  Deadline deadline;
  deadlines.set(deadline, kId, kStart + 5s);
  deadlines.set(deadline, kId, kStart + 8s);
  CHECK_FALSE(passes(deadlines, deadline, kStart + 6s));
  CHECK(deadlines.next() == kStart + 8s);
  deadlines.set(deadline, kId, kStart + 7s);
  CHECK(passes(deadlines, deadline, kStart + 7s));
  CHECK_FALSE(passes(deadlines, deadline, kStart + 8s));
}

TEST_CASE("no deadline never passes, and can be set again") {
  Deadlines deadlines;
  Deadline deadline;
  deadlines.set(deadline, kId, kStart + 5s);
  deadlines.set(deadline, kId, Deadline::TimePoint::max());
  CHECK_FALSE(passes(deadlines, deadline, kStart + 6s));
  deadlines.set(deadline, kId, kStart + 9s);
  CHECK(passes(deadlines, deadline, kStart + 9s));
}

TEST_CASE("moving a deadline later a million times keeps one entry") {
  Deadlines deadlines;
  Deadline deadline;
  for (int i = 0; i < 1000000; ++i) deadlines.set(deadline, kId, kStart + std::chrono::seconds(i));
  ConnectionId id;
  CHECK(deadlines.pop(kStart, id));
  CHECK_FALSE(deadlines.pop(kStart + 9s, id));
}
