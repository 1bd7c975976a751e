// dev8-hot-pieces: the hot pieces with Google Benchmark; --help says what can be chosen.
#define DOCTEST_CONFIG_IMPLEMENT
#include <benchmark/benchmark.h>
#include <doctest/doctest.h>

#include <cstdlib>

#include "bench/pieces.h"

int main(int argc, char** argv) {
  // The benches of the tests check what they do, outside of test cases.
  doctest::Context context;
  context.setAsDefaultForAssertsOutOfTestCases();
  context.setAssertHandler([](const doctest::AssertData& data) {
    if (data.m_failed) std::abort();
  });
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  for (const auto& piece : dev8agent::test::hot_pieces()) {
    benchmark::RegisterBenchmark(piece.name.c_str(), [run = piece.run](benchmark::State& state) {
      for (auto _ : state) run();
    });
  }
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
