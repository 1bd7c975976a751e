// Text functions of the emulator. Azure compares most names without regard to case, percent-encodes
// its URLs and writes XML for storage. All functions look at bytes; upper and lower case are those
// of ASCII.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dev8agent::emulator {

// Joins `parts` with one allocation, for answers that are built often.
std::string concat(std::initializer_list<std::string_view> parts);
std::string lower(std::string_view text);
bool same_name(std::string_view a, std::string_view b);  // ASCII, without regard to case
// Without spaces, tabs and line ends at both ends. A view into `text`.
std::string_view trim(std::string_view text);
// Views into `text`. There is always one part more than there are separators: "a//b" has three, one
// is empty.
std::vector<std::string_view> split(std::string_view text, char separator);
// Replaces every `from`, from left to right; the replacements are not searched again. `from` must
// not be empty.
std::string replace_all(std::string text, std::string_view from, std::string_view to);

// The bytes that `text` stands for; nothing when a percent sign is not followed by two hex digits.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space = false);
// Encodes all but the unreserved characters of RFC 3986, 2.3, with upper-case digits.
std::string percent_encode(std::string_view text);
// Fit for XML text and for attribute values in double quotes.
std::string escape_xml(std::string_view text);

// The whole of `text` as a decimal number without sign; nothing for an empty text, for other
// characters and for a number that does not fit.
std::optional<std::int64_t> to_number(std::string_view text);

}  // namespace dev8agent::emulator
