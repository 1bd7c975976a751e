// Patience: what this process has learned about how long Azure takes. It only makes reads rarer while nothing
// can be expected yet; it never ends a wait and decides nothing. Pure data; loop thread only.
#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <string>

namespace dev8agent::internal::plan {

// The durations of the last operations of each kind. A kind is any text, such as "deploy/eastus/IMAGE".
class Patience {
 public:
  // An operation of this kind became ready `taken` after Azure had accepted its write.
  void note(const std::string& kind, std::chrono::milliseconds taken);

  // How long after its write nothing can be expected: half of the shortest of the last kRemembered durations.
  // Zero while fewer than kEnough are known.
  std::chrono::milliseconds nothing_before(const std::string& kind) const;

  static constexpr std::size_t kEnough = 4;
  static constexpr std::size_t kRemembered = 16;
  static constexpr std::size_t kKinds = 256;  // with more, the one whose name comes first is forgotten

 private:
  std::map<std::string, std::deque<std::chrono::milliseconds>> durations_;
};

}  // namespace dev8agent::internal::plan
