// Azure's rules for names and ports. Sources: Learn, "Resource availability & quota limits", and
// the messages of the service.
#pragma once

#include <cstdint>
#include <string_view>

namespace dev8agent::emulator {

// For names of groups, containers and volumes: `shortest` to `longest` lower-case letters, digits
// and single hyphens, none at an end.
bool is_hyphenated_name(std::string_view text, std::size_t shortest, std::size_t longest);
// For dnsNameLabel: 5 to 63 lower-case letters, digits and hyphens, a letter first, no hyphen last.
bool is_dns_label(std::string_view text);
// For environment variables: 1 to 63 letters, digits and underscores, no digit first.
bool is_variable_name(std::string_view text);
// Ports that the service keeps for itself, such as 22, 1025 to 1027 and 20000 to 30000: no
// container may use them.
bool is_reserved_port(std::int64_t port);

}  // namespace dev8agent::emulator
