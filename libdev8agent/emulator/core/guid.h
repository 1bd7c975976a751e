// Ids for requests, operations and tokens: random in form, the same in every run.
#pragma once

#include <cstdint>
#include <string>

namespace dev8agent::emulator {

class GuidSource {
 public:
  std::string next();

 private:
  std::uint64_t number();
  std::uint64_t state_ = 0x6465763861676e74;
};

}  // namespace dev8agent::emulator
