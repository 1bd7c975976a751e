// Azure's rules for names and ports. Sources: Learn, "Resource availability & quota limits", and the messages
// of the service.
#pragma once

#include <cstdint>
#include <string_view>

namespace dev8agent::emulator {

// Lower-case letters, digits and single hyphens, none at an end.
bool is_hyphenated_name(std::string_view text, std::size_t shortest, std::size_t longest);
bool is_dns_label(std::string_view text);
bool is_variable_name(std::string_view text);
bool is_reserved_port(std::int64_t port);

}  // namespace dev8agent::emulator
