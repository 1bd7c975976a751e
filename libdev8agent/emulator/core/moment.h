// One moment on the scheduler's two clocks, and the text forms in which Azure writes times. All
// wall-clock times are UTC.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "dev8agent/scheduler.h"

namespace dev8agent::emulator {

// The time of one request. The emulator keeps monotonic times (TimePoint) in its state and turns
// them into wall-clock times only when it writes an answer.
struct Moment {
  TimePoint now{};  // on the monotonic clock: durations are measured with it
  WallTime wall{};  // the same moment as a date

  // The wall-clock time of another monotonic time.
  WallTime at(TimePoint time) const;
};

// Tells the time. The two clocks are read together once, so that the date of a monotonic time is the
// same in every answer; again when the system's clock was set (by more than a second). Thread-safe.
class MomentSource {
 public:
  // `scheduler` must outlive the source.
  explicit MomentSource(Scheduler& scheduler) : scheduler_(scheduler) {}
  Moment now();

 private:
  Scheduler& scheduler_;
  std::mutex mutex_;
  Moment anchor_;  // guarded by mutex_
};

// "2026-01-15T08:30:00.123Z" with `digits` digits of fraction (0 to 7).
std::string rfc3339(WallTime time, int digits = 0);
// "Thu, 15 Jan 2026 08:30:00 GMT", the form of HTTP headers.
std::string rfc1123(WallTime time);
// Reads that form; nothing for any other. The name of the weekday is not checked against the date.
std::optional<WallTime> parse_rfc1123(std::string_view text);
// Whole seconds since 1970-01-01T00:00:00Z, rounded down. JWTs count time in them.
std::int64_t epoch_seconds(WallTime time);

}  // namespace dev8agent::emulator
