// JSON text from values and strings.
#pragma once

#include <string>
#include <string_view>

#include "json/value.h"

namespace dev8agent::internal::json {

// Compact JSON text of `value`. Bytes that are not UTF-8 become U+FFFD; non-finite numbers become null.
// Doubles are written with a fraction ("2.0"), in the shortest form that reads back the same.
std::string write(const Value& value);

// `text` as a JSON string literal, quotes included.
std::string quote(std::string_view text);

}  // namespace dev8agent::internal::json
