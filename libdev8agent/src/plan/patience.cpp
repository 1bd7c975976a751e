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

milliseconds Patience::between_looks(const std::string& kind, milliseconds passed) const {
  const auto found = durations_.find(kind);
  if (found == durations_.end() || found->second.size() < kEnough) return kUsual;
  const auto [shortest, longest] = std::minmax_element(found->second.begin(), found->second.end());
  if (passed < *shortest)
    return std::clamp(*shortest - passed, kOften, passed < *shortest / 2 ? kRare : kUsual);
  // The longest of a few may be exceeded.
  if (passed > *longest + kUsual) return kUsual;
  return std::clamp((*longest - *shortest) / kSpareReads, kOften, kUsual);
}

}  // namespace dev8agent::internal::plan
