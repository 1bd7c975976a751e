// Small text functions. ASCII only: Azure's names, header names and enumerators are.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dev8agent::internal {

std::string to_lower(std::string_view text);
std::string to_upper(std::string_view text);
bool equal_ignoring_case(std::string_view a, std::string_view b);
bool contains_ignoring_case(std::string_view text, std::string_view part);
// Whether two names of an Azure location mean the same one: "East US" is "eastus".
bool same_location(std::string_view a, std::string_view b);
std::string_view trim(std::string_view text);
std::vector<std::string> split(std::string_view text, char separator);
bool is_lower_alnum(char c);

// A whole decimal number without sign, spaces or leading '+', up to 18 digits.
std::optional<long long> parse_unsigned(std::string_view text);

// RFC 3986 percent-encoding of everything but unreserved characters.
std::string percent_encode(std::string_view text);
// The inverse; nothing when an escape is malformed.
std::optional<std::string> percent_decode(std::string_view text);

// The text with control characters replaced by spaces and at most `limit` bytes, for messages that quote
// Azure.
std::string printable(std::string_view text, std::size_t limit);

}  // namespace dev8agent::internal
