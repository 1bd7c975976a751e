// LatestRuns: the newest start of each environment's container that this process has been shown lately. A
// read that shows an older one comes from a copy of Azure Resource Manager's that lags. Owned by Flows; loop
// thread only.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "dev8agent/scheduler.h"

namespace dev8agent::internal {

class LatestRuns {
 public:
  // A read has shown that the container `key` started at `started_at` (Azure's clock).
  void note(const std::string& key, WallTime started_at, TimePoint now);
  // The newest start of `key`, when it was shown at most plan::kVisibleAfter ago; reads do not lag longer.
  std::optional<WallTime> find(const std::string& key, TimePoint now) const;

 private:
  struct Run {
    WallTime started_at{};
    TimePoint shown_at{};  // the last time
  };
  void forget_old(TimePoint now);

  std::map<std::string, Run> runs_;
  std::size_t forget_at_ = 64;  // with so many runs, the old ones are removed
};

}  // namespace dev8agent::internal
