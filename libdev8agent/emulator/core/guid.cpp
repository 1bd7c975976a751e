// Version 4 GUIDs from the splitmix64 generator.
#include "core/guid.h"

namespace dev8agent::emulator {

std::uint64_t GuidSource::number() {
  std::uint64_t z = (state_ += 0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

std::string GuidSource::next() {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out = "xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx";
  std::uint64_t bits = number();
  int left = 16;
  for (char& c : out) {
    if (c != 'x') continue;
    if (left-- == 0) {
      bits = number();
      left = 15;
    }
    c = kHex[bits & 15];
    bits >>= 4;
  }
  return out;
}

}  // namespace dev8agent::emulator
