// Repair of JSON text before it is parsed a second time. See ParseLimits::lenient in json/parse.h.
#pragma once

#include <string>
#include <string_view>

namespace dev8agent::internal::json {

// `text` with its odd values replaced: U+FFFD for half a surrogate pair and for each byte that is not UTF-8,
// null for a number that no double holds. What is not JSON stays so: the parser refuses it afterwards. Linear
// in the text; any thread.
std::string mended(std::string_view text);

}  // namespace dev8agent::internal::json
