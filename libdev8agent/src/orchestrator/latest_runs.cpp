// The newest starts of containers: see latest_runs.h.
#include "orchestrator/latest_runs.h"

#include <algorithm>

#include "plan/situation.h"

namespace dev8agent::internal {
namespace {

constexpr std::size_t kFewest = 64;  // runs that are kept without a look at their age

bool is_old(TimePoint shown_at, TimePoint now) {
  return now - shown_at > plan::kVisibleAfter;
}

}  // namespace

void LatestRuns::note(const std::string& key, WallTime started_at, TimePoint now) {
  if (runs_.size() >= forget_at_) forget_old(now);
  Run& run = runs_[key];
  if (started_at < run.started_at && !is_old(run.shown_at, now)) return;
  run = {started_at, now};
}

std::optional<WallTime> LatestRuns::find(const std::string& key, TimePoint now) const {
  const auto found = runs_.find(key);
  if (found == runs_.end() || is_old(found->second.shown_at, now)) return std::nullopt;
  return found->second.started_at;
}

// Each run is looked at twice on average, however many there are: the limit doubles with those that stay.
void LatestRuns::forget_old(TimePoint now) {
  std::erase_if(runs_, [now](const auto& run) { return is_old(run.second.shown_at, now); });
  forget_at_ = std::max(kFewest, 2 * runs_.size());
}

}  // namespace dev8agent::internal
