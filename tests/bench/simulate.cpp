// dev8-simulate: long runs of the seeded simulation, and the replay of one seed.
//   dev8-simulate --seed 17 --trace            replay one seed, showing every operation and request
//   dev8-simulate --first 1 --seconds 3600     run seeds from 1 on for an hour
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string>

#define DOCTEST_CONFIG_IMPLEMENT
#include "support/random_world.h"

using dev8agent::test::RandomWorld;
using dev8agent::test::SimulationOptions;

int main(int argc, char** argv) {
  std::uint64_t first = 1;
  std::uint64_t count = 0;  // 0: until the time is over
  double seconds = 10;
  SimulationOptions options;
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    const char* value = i + 1 < argc ? argv[i + 1] : nullptr;
    if (name == "--trace") {
      options.trace = true;
    } else if (name == "--restarts") {
      options.restarts = true;
    } else if (name == "--kept") {
      options.kept = true;
    } else if (name == "--idle") {
      options.idle = true;
    } else if (value != nullptr && name == "--seed") {
      first = std::strtoull(argv[++i], nullptr, 10);
      count = 1;
    } else if (value != nullptr && name == "--first") {
      first = std::strtoull(argv[++i], nullptr, 10);
    } else if (value != nullptr && name == "--seconds") {
      seconds = std::strtod(argv[++i], nullptr);
    } else if (value != nullptr && name == "--operations") {
      options.operations = std::atoi(argv[++i]);
    } else {
      std::fprintf(stderr,
                   "usage: dev8-simulate [--seed N] [--trace] [--restarts] [--kept] [--idle] [--first N] "
                   "[--seconds S] "
                   "[--operations K]\n");
      return 2;
    }
  }
  const auto begun = std::chrono::steady_clock::now();
  const auto elapsed = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  };
  std::uint64_t operations = 0;
  std::uint64_t events = 0;
  std::uint64_t failed = 0;
  std::uint64_t seed = first;
  for (; count == 0 ? elapsed() < seconds : seed < first + count; ++seed) {
    RandomWorld world(seed, options);
    const auto violations = world.run();
    operations += world.operations();
    events += world.events();
    failed += violations.empty() ? 0 : 1;
    for (const std::string& violation : violations) {
      std::printf("seed %llu, %s\n", static_cast<unsigned long long>(seed), violation.c_str());
    }
  }
  std::printf(
      "%llu seeds, %llu operations, %llu events in %.1f s: %.0f operations per hour; %llu seeds failed\n",
      static_cast<unsigned long long>(seed - first), static_cast<unsigned long long>(operations),
      static_cast<unsigned long long>(events), elapsed(), static_cast<double>(operations) / elapsed() * 3600,
      static_cast<unsigned long long>(failed));
  return failed == 0 ? 0 : 1;
}
