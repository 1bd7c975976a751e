// UTF-8 as JSON needs it (RFC 3629). Pure; any thread.
#pragma once

#include <cstddef>
#include <string_view>

namespace dev8agent::internal::json {

// Length in bytes (1-4) of the valid UTF-8 sequence at the start of `text`, which must not be empty. 0 when
// there is none: overlong forms, surrogates and values above U+10FFFF are not valid.
std::size_t utf8_length(std::string_view text);

}  // namespace dev8agent::internal::json
