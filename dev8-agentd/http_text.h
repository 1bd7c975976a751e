// The small rules of HTTP's text: tokens, lists, and letters without regard to case (RFC 9110, section 5.6).
// Pure functions; any thread. Results that are views point into the argument.
#pragma once

#include <string>
#include <string_view>

namespace dev8agentd {

// True for one or more of the characters that names of methods and fields consist of.
bool is_token(std::string_view text);

// ASCII letters in lower case; everything else as it is. The C library's functions depend on the locale.
std::string lower_case(std::string_view text);
bool equal_ignoring_case(std::string_view left, std::string_view right);

// `text` without spaces and tabs at both ends.
std::string_view trim_blanks(std::string_view text);

// True when one item of the comma-separated `list` is `word`, without regard to case. For lists without
// quoted strings, such as Connection.
bool list_contains(std::string_view list, std::string_view word);

// Takes what stands before the first `separator` off the front of `rest`, and the separator, too. Without one
// it takes everything.
//
//   std::string_view rest = "a,b";
//   take_until(rest, ',');  // returns "a"; rest is "b"
std::string_view take_until(std::string_view& rest, char separator);

}  // namespace dev8agentd
