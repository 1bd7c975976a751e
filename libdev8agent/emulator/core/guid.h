// Ids for requests, operations and tokens. They look random, but every run gives the same sequence,
// so that a test that prints an id can be repeated.
#pragma once

#include <cstdint>
#include <string>

namespace dev8agent::emulator {

// A pseudo-random generator (splitmix64) with a fixed start value. The emulator has one, guarded by
// its mutex. The ids are no secrets: anybody can compute the next one.
class GuidSource {
 public:
  // A GUID in the form of version 4, lower case: "0f8fad5b-d9cb-469f-8165-70867728950e". No two
  // calls on the same source are expected to return the same text.
  std::string next();

 private:
  std::uint64_t number();
  std::uint64_t state_ = 0x6465763861676e74;
};

}  // namespace dev8agent::emulator
