// Timestamps as Azure and REST write them. All in UTC. Pure; any thread, no locale. What is read is clamped
// to 1960-2250, so that differences of two times do not overflow.
//
//   parse_rfc3339("2026-01-15T09:30:00.1234567+01:00")  // the same moment as 08:30:00.1234567Z
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "dev8agent/scheduler.h"

namespace dev8agent::internal {

// "2026-01-15T08:30:00.000Z": whole milliseconds, rounded down. REST bodies, tags, metadata.
std::string format_rfc3339(WallTime time);
// The inverse, for what Azure and callers send (RFC 3339, 5.6).
// Accepts 0-9 fraction digits (ACI sends 7) and a "Z" or "+hh:mm" offset. Nothing for any other text.
std::optional<WallTime> parse_rfc3339(std::string_view text);
// "Thu, 15 Jan 2026 08:30:00 GMT" (RFC 1123, HTTP's IMF-fixdate). Whole seconds, rounded down. Azure Files
// wants it as x-ms-date.
std::string format_http_date(WallTime time);
// The same form alone; the weekday is not checked. Nothing for any other text, such as HTTP's older forms.
std::optional<WallTime> parse_http_date(std::string_view text);

}  // namespace dev8agent::internal
