// Patience: what this process has learned about how long Azure takes. It only says how often to look; it
// never ends a wait and decides nothing. Pure data; loop thread only.
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

  // How long to wait between two looks, `passed` after the write; `spare`: reads that are only for speed may
  // be taken (ReadBudget::has_spare()). kUsual while fewer than kEnough durations are known. Else, by the
  // shortest and the longest of the last kRemembered:
  // - Up to half of the shortest nothing can be expected, so kRare; then kUsual. After a look within the last
  //   kRare before the shortest, the next one is at its end.
  // - From the shortest to a little more than the longest, spare reads come on top of the usual ones, up to a
  //   look each kOften. They begin kOften before the shortest, which may itself have been noticed late.
  // - After that, kUsual.
  std::chrono::milliseconds between_looks(const std::string& kind, std::chrono::milliseconds passed,
                                          bool spare) const;

  static constexpr std::chrono::milliseconds kUsual{333};  // the whole rate of the default read budget
  static constexpr std::chrono::milliseconds kRare{667};   // leaves half of the budget to others
  static constexpr std::chrono::milliseconds kOften{100};
  static constexpr int kSpareReads = 12;  // half of the default burst
  static constexpr std::size_t kEnough = 4;
  static constexpr std::size_t kRemembered = 16;
  static constexpr std::size_t kKinds = 256;  // with more, the one whose name comes first is forgotten

 private:
  std::map<std::string, std::deque<std::chrono::milliseconds>> durations_;
};

}  // namespace dev8agent::internal::plan
