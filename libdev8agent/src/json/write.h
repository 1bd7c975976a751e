// JSON text from values and strings. Pure; any thread. The result is always valid JSON and valid UTF-8.
#pragma once

#include <string>
#include <string_view>

#include "json/value.h"

namespace dev8agent::internal::json {

// Compact JSON text of `value`, without blanks and line breaks. Each byte that is not UTF-8 becomes U+FFFD;
// non-finite numbers become null. Doubles have a fraction or an exponent ("2.0"), in the shortest form that
// reads back the same.
std::string write(const Value& value);

// `text` as a JSON string literal with its quotes, under the same rules. For text that is put together by
// hand.
std::string quote(std::string_view text);
// Appends the same to `out`.
void append_quoted(std::string& out, std::string_view text);

}  // namespace dev8agent::internal::json
