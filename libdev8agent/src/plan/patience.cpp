// The rules of patience.h.
#include "plan/patience.h"

#include <algorithm>

namespace dev8agent::internal::plan {

using std::chrono::milliseconds;

void Patience::note(const std::string& kind, milliseconds taken) {
  std::deque<milliseconds>& known = durations_[kind];
  known.push_back(taken);
  if (known.size() > kRemembered) known.pop_front();
  if (durations_.size() <= kKinds) return;
  const auto first = durations_.begin();
  durations_.erase(first->first == kind ? std::next(first) : first);
}

milliseconds Patience::between_looks(const std::string& kind, milliseconds passed, bool spare) const {
  const auto found = durations_.find(kind);
  if (found == durations_.end() || found->second.size() < kEnough) return kUsual;
  const auto [shortest, longest] = std::minmax_element(found->second.begin(), found->second.end());
  const milliseconds expected = spare ? *shortest - kOften : *shortest;
  if (passed < expected) {
    const milliseconds left = expected - passed;
    if (left <= kRare) return std::max(left, kOften);
    return passed < *shortest / 2 ? kRare : kUsual;
  }
  // The longest of a few may be exceeded.
  if (!spare || passed > *longest + kUsual) return kUsual;
  const milliseconds range = *longest - expected;
  return std::clamp(range / (range / kUsual + kSpareReads), kOften, kUsual);
}

}  // namespace dev8agent::internal::plan
