// A bounded run of the seeded simulation. A failure prints its seed: `dev8-simulate --seed N` replays it.
#include <doctest/doctest.h>

#include "support/random_world.h"

using namespace dev8agent::test;

TEST_CASE("random schedules of operations, faults, crashes and disturbances break no promise") {
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    RandomWorld world(seed, {});
    for (const std::string& violation : world.run()) FAIL_CHECK("seed " << seed << ", " << violation);
  }
}

TEST_CASE("seeds that have shown a fault before break no promise") {
  for (std::uint64_t seed : {3572772534U, 9000263U}) {
    RandomWorld world(seed, {});
    for (const std::string& violation : world.run()) FAIL_CHECK("seed " << seed << ", " << violation);
  }
}
