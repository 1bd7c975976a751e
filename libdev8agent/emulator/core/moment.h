// One moment on the scheduler's two clocks, and the forms in which Azure writes times.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "dev8agent/scheduler.h"

namespace dev8agent::emulator {

struct Moment {
  TimePoint now{};
  WallTime wall{};

  // The wall-clock time of another monotonic time.
  WallTime at(TimePoint time) const;
};

// "2026-01-15T08:30:00.123Z" with `digits` digits of fraction (0 to 7).
std::string rfc3339(WallTime time, int digits = 0);
// "Thu, 15 Jan 2026 08:30:00 GMT".
std::string rfc1123(WallTime time);
std::optional<WallTime> parse_rfc1123(std::string_view text);
// Seconds since 1970.
std::int64_t epoch_seconds(WallTime time);

}  // namespace dev8agent::emulator
