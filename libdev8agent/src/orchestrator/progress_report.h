// How failed attempts become reports of progress. Pure. Call::on_retry (base/call.h) calls it whenever the
// Retrier waits before another attempt, so that a caller sees why an operation takes long.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "base/call.h"
#include "dev8agent/operation.h"

namespace dev8agent::internal {

// Receives the progress of one flow. Never null; called on the loop thread and must not throw.
using Report = std::function<void(const ProgressReport&)>;

// The report of a wait for another attempt. It has no stage, because the present one goes on,
// and its detail names the reason, such as AZURE_THROTTLED. Without a `retry` the
// wait is over: the report is empty and clears the last one. `clock` turns the time of the next attempt into
// calendar time.
inline ProgressReport progress_of(const std::optional<Retry>& retry, const Scheduler& clock) {
  if (!retry) return {};
  const auto wait = std::chrono::duration_cast<WallTime::duration>(retry->due - clock.now());
  std::string detail = "waiting to try again (" + std::string(to_string(retry->code)) + "): " + retry->why;
  return {std::nullopt, std::move(detail), retry->attempt, clock.wall_now() + wait};
}

}  // namespace dev8agent::internal
