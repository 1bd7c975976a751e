// JSON text with its odd values replaced, before a strict parser reads it.
#pragma once

#include <string>
#include <string_view>

namespace dev8agent::internal::json {

// `text` with U+FFFD in the place of half surrogate pairs and of bytes that are no UTF-8, and null in the
// place of numbers that no double holds. What is no JSON stays so.
std::string mended(std::string_view text);

}  // namespace dev8agent::internal::json
