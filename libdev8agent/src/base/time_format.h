// Timestamps as Azure and REST write them. All in UTC.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "dev8agent/scheduler.h"

namespace dev8agent::internal {

// "2026-01-15T08:30:00.000Z"
std::string format_rfc3339(WallTime time);
// Accepts 0-9 fraction digits and a "Z" or "+hh:mm" offset.
std::optional<WallTime> parse_rfc3339(std::string_view text);
// "Thu, 15 Jan 2026 08:30:00 GMT" (RFC 1123, HTTP's IMF-fixdate)
std::string format_http_date(WallTime time);
std::optional<WallTime> parse_http_date(std::string_view text);

}  // namespace dev8agent::internal
