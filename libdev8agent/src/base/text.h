// Small text functions. ASCII only: Azure's names, header names and enumerators are. Other bytes are passed
// through unchanged. Independent of the locale, unlike <cctype>. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dev8agent::internal {

// These change or compare the letters A-Z and a-z alone. Header names, enumerators and the names of resources
// mean the same in any case in Azure.
std::string to_lower(std::string_view text);
std::string to_upper(std::string_view text);
bool equal_ignoring_case(std::string_view a, std::string_view b);
bool contains_ignoring_case(std::string_view text, std::string_view part);
// Whether two names of an Azure location mean the same one: "East US" is "eastus". Azure's answers use both
// forms.
bool same_location(std::string_view a, std::string_view b);
// Whether a host, without a port, is this machine: "localhost", or an IPv4 address 127.x.x.x in its full
// decimal form.
bool is_loopback_host(std::string_view host);
// Without spaces, tabs and line ends at both ends; part of `text`.
std::string_view trim(std::string_view text);
// The parts between separators, empty ones too: "a,,b" has three, "" has one.
std::vector<std::string> split(std::string_view text, char separator);
bool is_lower_alnum(char c);  // a-z or 0-9

// The number of a text of 1 to 18 decimal digits, which always fits; nothing when the text has any other
// character, such as a sign or a space.
std::optional<long long> parse_unsigned(std::string_view text);

// Percent-encoding of everything but unreserved characters (RFC 3986, 2.3), with upper-case digits. For path
// segments and query values.
std::string percent_encode(std::string_view text);
// The inverse; nothing when an escape is malformed. '+' stays as it is.
std::optional<std::string> percent_decode(std::string_view text);

// The text with ASCII control characters replaced by spaces, for messages and log records that quote Azure. A
// text of more than `limit` bytes is cut there, not inside a UTF-8 sequence, and gets "..." at its end.
std::string printable(std::string_view text, std::size_t limit);

}  // namespace dev8agent::internal
