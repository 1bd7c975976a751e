// UTF-8, as JSON needs it.
#pragma once

#include <cstddef>
#include <string_view>

namespace dev8agent::internal::json {

// Length of the valid UTF-8 sequence at the start of `text`, which is not empty; 0 when there is none.
std::size_t utf8_length(std::string_view text);

}  // namespace dev8agent::internal::json
