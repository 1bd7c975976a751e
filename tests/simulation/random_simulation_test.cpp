// A bounded run of the seeded simulation. A failure prints its seed: `dev8-simulate --seed N` replays it,
// with --restarts, --kept or --idle for those of the tests with them.
#include <doctest/doctest.h>

#include "support/random_world.h"

using namespace dev8agent::test;

namespace {

// The sanitizers make each seed several times slower. They look at how memory is used, which differs little
// between seeds.
#ifdef __SANITIZE_ADDRESS__
constexpr std::uint64_t kSlowness = 4;
#else
constexpr std::uint64_t kSlowness = 1;
#endif

}  // namespace

TEST_CASE("random schedules of operations, faults, crashes and disturbances break no promise") {
  for (std::uint64_t seed = 1; seed <= 160 / kSlowness; ++seed) {
    RandomWorld world(seed, {});
    for (const std::string& violation : world.run()) FAIL_CHECK("seed " << seed << ", " << violation);
  }
}

TEST_CASE("the same with restarts among the operations") {
  SimulationOptions options;
  options.restarts = true;
  for (std::uint64_t seed = 1; seed <= 100 / kSlowness; ++seed) {
    RandomWorld world(seed, options);
    for (const std::string& violation : world.run()) FAIL_CHECK("seed " << seed << ", " << violation);
  }
}

TEST_CASE("the same with deletes that keep the files, and files that are restored") {
  SimulationOptions options;
  options.kept = true;
  for (std::uint64_t seed = 1; seed <= 100 / kSlowness; ++seed) {
    RandomWorld world(seed, options);
    for (const std::string& violation : world.run()) FAIL_CHECK("seed " << seed << ", " << violation);
  }
}

TEST_CASE("the same with users of the workspaces, and a stop of what is idle") {
  SimulationOptions options;
  options.idle = true;
  for (std::uint64_t seed = 1; seed <= 100 / kSlowness; ++seed) {
    RandomWorld world(seed, options);
    for (const std::string& violation : world.run()) FAIL_CHECK("seed " << seed << ", " << violation);
  }
}

TEST_CASE("seeds that have shown a fault before, with more operations or with restarts") {
  for (std::uint64_t seed : {2501U, 4321U, 60369U, 4005U, 90293U, 90821U, 91189U, 500005U}) {
    SimulationOptions options;
    options.operations = 72;
    RandomWorld world(seed, options);
    for (const std::string& violation : world.run()) FAIL_CHECK("seed " << seed << ", " << violation);
  }
  for (std::uint64_t seed : {6585U, 7445U, 9757U}) {
    SimulationOptions options;
    options.restarts = true;
    RandomWorld world(seed, options);
    for (const std::string& violation : world.run()) FAIL_CHECK("seed " << seed << ", " << violation);
  }
}

TEST_CASE("seeds that have shown a fault before break no promise") {
  for (std::uint64_t seed : {3572772534U, 9000263U, 1671906660U, 1671906521U, 90180U}) {
    RandomWorld world(seed, {});
    for (const std::string& violation : world.run()) FAIL_CHECK("seed " << seed << ", " << violation);
  }
}
