// dev8-pieces PIECE COUNT: runs one of the hot pieces COUNT times, for tests/bench/instructions.sh. Without
// arguments it prints their names.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "bench/pieces.h"

// callgrind counts inside this function only (--toggle-collect). It is not inlined, so that it has a name.
extern "C" [[gnu::noinline]] void dev8_measured(const dev8agent::test::Piece& piece) {
  piece.run();
}

int main(int argc, char** argv) {
  // The benches of the tests check what they do, outside of test cases.
  doctest::Context context;
  context.setAsDefaultForAssertsOutOfTestCases();
  context.setAssertHandler([](const doctest::AssertData& data) {
    if (data.m_failed) std::abort();
  });
  const auto pieces = dev8agent::test::hot_pieces();
  if (argc != 3) {
    for (const auto& piece : pieces) std::printf("%s\n", piece.name.c_str());
    return argc == 1 ? 0 : 2;
  }
  for (const auto& piece : pieces) {
    if (piece.name != argv[1]) continue;
    piece.run();  // what is done once, such as the making of tables, is not counted
    for (int i = std::atoi(argv[2]); i > 0; --i) dev8_measured(piece);
    return 0;
  }
  std::fprintf(stderr, "there is no piece %s\n", argv[1]);
  return 2;
}
