// The small rules of HTTP's text: tokens, lists and letters without case (RFC 9110, section 5.6). Pure.
#pragma once

#include <string>
#include <string_view>

namespace dev8agentd {

// One or more of the characters that names of methods and fields consist of.
bool is_token(std::string_view text);

// ASCII letters in lower case; everything else as it is.
std::string lower_case(std::string_view text);
bool equal_ignoring_case(std::string_view left, std::string_view right);

// Without blanks and tabs at both ends.
std::string_view trim_blanks(std::string_view text);

// True when one item of the comma-separated `list` is `word`, without regard to case.
bool list_contains(std::string_view list, std::string_view word);

// Takes what stands before the first `separator` off the front of `rest`, the separator too.
std::string_view take_until(std::string_view& rest, char separator);

}  // namespace dev8agentd
