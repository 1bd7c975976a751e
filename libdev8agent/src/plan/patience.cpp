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

milliseconds Patience::nothing_before(const std::string& kind) const {
  const auto found = durations_.find(kind);
  if (found == durations_.end() || found->second.size() < kEnough) return milliseconds(0);
  return *std::min_element(found->second.begin(), found->second.end()) / 2;
}

}  // namespace dev8agent::internal::plan
