// The newest starts of containers that reads have shown.
#include "orchestrator/latest_runs.h"

#include <doctest/doctest.h>

#include <string>

#include "plan/situation.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using std::chrono::seconds;

TEST_CASE("latest runs: an older start does not replace a newer one while that is remembered") {
  LatestRuns runs;
  const TimePoint now{seconds(100)};
  const WallTime start{seconds(1'000'000)};
  CHECK_FALSE(runs.find("eastus/a", now));
  runs.note("eastus/a", start, now);
  runs.note("eastus/a", start - seconds(5), now + seconds(1));
  CHECK(runs.find("eastus/a", now + plan::kVisibleAfter) == start);
  CHECK_FALSE(runs.find("eastus/a", now + plan::kVisibleAfter + seconds(1)));
  CHECK_FALSE(runs.find("eastus/b", now));
  runs.note("eastus/a", start + seconds(5), now + seconds(1));
  CHECK(runs.find("eastus/a", now) == start + seconds(5));
  const TimePoint later = now + 2 * plan::kVisibleAfter;
  runs.note("eastus/a", start, later);  // nothing is remembered by then
  CHECK(runs.find("eastus/a", later) == start);
}

TEST_CASE("latest runs: what is remembered survives any number of other containers") {
  LatestRuns runs;
  const TimePoint now{seconds(100)};
  const WallTime start{seconds(1'000'000)};
  for (int i = 0; i < 1000; ++i) runs.note("old/" + std::to_string(i), start, now);
  const TimePoint later = now + plan::kVisibleAfter + seconds(1);
  for (int i = 0; i < 1000; ++i) runs.note("new/" + std::to_string(i), start, later);
  for (int i = 0; i < 1000; ++i) {
    CHECK_FALSE(runs.find("old/" + std::to_string(i), later));
    CHECK(runs.find("new/" + std::to_string(i), later) == start);
  }
}
