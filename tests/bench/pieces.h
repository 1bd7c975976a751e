// The hot pieces of the library, each on fixed input, for benches that count time or instructions.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace dev8agent::test {

struct Piece {
  std::string name;
  std::function<void()> run;  // once; ends the process when the piece fails
};

// All pieces, made ready: what is done once is done. One thread.
std::vector<Piece> hot_pieces();

}  // namespace dev8agent::test
