// The read budget of polling: a rate, a burst, and what is charged later.
#include "base/read_budget.h"

#include <doctest/doctest.h>

using namespace dev8agent;
using namespace dev8agent::internal;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

// How many reads can be taken at `now`.
int take_all(ReadBudget& budget, TimePoint now) {
  int taken = 0;
  while (!budget.take(now)) ++taken;
  return taken;
}

const TimePoint kBegin = TimePoint(std::chrono::hours(1));

}  // namespace

TEST_CASE("read budget: a burst first, then the rate, and never more than the burst after a pause") {
  ReadBudget budget(3, 25);
  CHECK(take_all(budget, kBegin) == 25);
  CHECK(take_all(budget, kBegin + milliseconds(300)) == 0);
  CHECK(take_all(budget, kBegin + milliseconds(334)) == 1);
  CHECK(take_all(budget, kBegin + milliseconds(334) + seconds(10)) == 30 - 5);
  CHECK(take_all(budget, kBegin + seconds(1000)) == 25);
}

TEST_CASE("read budget: it says when the next read can be taken, and keeps its word") {
  ReadBudget budget(3, 1);
  REQUIRE_FALSE(budget.take(kBegin));
  TimePoint now = kBegin;
  for (int i = 0; i < 100; ++i) {
    const auto next = budget.take(now);
    REQUIRE(next);
    CHECK(*next > now);
    CHECK(*next - now <= milliseconds(334));
    now = *next;
    CHECK_FALSE(budget.take(now));
  }
}

TEST_CASE("read budget: further pages are charged, and a throttle holds everything") {
  ReadBudget budget(3, 1);
  REQUIRE_FALSE(budget.take(kBegin));
  budget.charge(5);
  CHECK(take_all(budget, kBegin + milliseconds(1900)) == 0);
  CHECK(take_all(budget, kBegin + milliseconds(2001)) == 1);
  budget.hold(kBegin + seconds(60));
  CHECK(*budget.take(kBegin + seconds(30)) == kBegin + seconds(60));
  CHECK_FALSE(budget.take(kBegin + seconds(60)));
}

TEST_CASE("read budget: half of the burst is kept from reads that are only for speed") {
  ReadBudget budget(3, 25);
  int spare = 0;
  for (; budget.has_spare(kBegin); ++spare) REQUIRE_FALSE(budget.take(kBegin));
  CHECK(spare == 13);
  CHECK(budget.has_spare(kBegin + milliseconds(334)));  // one more
  budget.hold(kBegin + seconds(60));
  CHECK_FALSE(budget.has_spare(kBegin + seconds(30)));
  CHECK(budget.has_spare(kBegin + seconds(60)));
}

TEST_CASE("read budget: polling pauses while Azure's own bucket is nearly empty") {
  ReadBudget budget(3, 25);
  budget.note_left(ReadBudget::kReserve, kBegin);
  REQUIRE_FALSE(budget.take(kBegin));
  budget.note_left(ReadBudget::kReserve - 5, kBegin);
  CHECK(*budget.take(kBegin) == kBegin + milliseconds(200));
  budget.note_left(0, kBegin);
  CHECK(*budget.take(kBegin + seconds(1)) == kBegin + seconds(2));
  CHECK_FALSE(budget.take(kBegin + seconds(2)));
}
