// Small text helpers of the emulator: Azure compares names without regard to case and percent-encodes its
// URLs.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dev8agent::emulator {

std::string concat(std::initializer_list<std::string_view> parts);
std::string lower(std::string_view text);
bool same_name(std::string_view a, std::string_view b);  // ASCII, without regard to case
std::string_view trim(std::string_view text);
std::vector<std::string_view> split(std::string_view text, char separator);
std::string replace_all(std::string text, std::string_view from, std::string_view to);

// The bytes that `text` stands for; nothing when a percent sign is not followed by two hex digits.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space = false);
std::string percent_encode(std::string_view text);
std::string escape_xml(std::string_view text);

// The whole of `text` as a decimal number without sign.
std::optional<std::int64_t> to_number(std::string_view text);

}  // namespace dev8agent::emulator
