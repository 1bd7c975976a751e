// Guarded JSON parsing: safe on hostile input of any size and shape.
#pragma once

#include <cstddef>
#include <string_view>

#include "dev8agent/result.h"
#include "json/value.h"

namespace dev8agent::internal::json {

struct ParseLimits {
  std::size_t max_bytes = 8 * 1024 * 1024;
  unsigned max_depth = 32;
  std::size_t max_members = 10000;   // of one object
  std::size_t max_values = 1000000;  // of the whole text
  bool lenient = false;              // odd values are replaced where they stand instead of refusing the text
};

// For what services answer, of which most members are needed by nobody.
inline constexpr ParseLimits kLenient{.lenient = true};

// Parses RFC 8259 text (a UTF-8 byte order mark is accepted). Refuses duplicate members, invalid UTF-8,
// numbers outside int64 or finite double, and what exceeds `limits`; the kInvalidRequest message says what
// and at which byte. With `lenient`, half a surrogate pair becomes U+FFFD, a number out of range becomes
// null, and of members with one name the last one stays.
Result<Value> parse(std::string_view text, const ParseLimits& limits = {});

}  // namespace dev8agent::internal::json
