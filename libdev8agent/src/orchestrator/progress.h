// How failed attempts become reports of progress. Pure.
#pragma once

#include <functional>
#include <optional>

#include "base/call.h"
#include "dev8agent/operation.h"

namespace dev8agent::internal {

using Report = std::function<void(const Progress&)>;

// The report of a wait for another attempt, in the present stage; nothing ends the wait.
inline Progress progress_of(const std::optional<Retry>& retry, const Scheduler& clock) {
  if (!retry) return {"", ""};
  const auto wait = std::chrono::duration_cast<WallTime::duration>(retry->due - clock.now());
  return {"", "waiting to try again: " + retry->why, retry->attempt, clock.wall_now() + wait};
}

}  // namespace dev8agent::internal
