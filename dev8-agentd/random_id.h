// Random and caller-chosen identifiers.
#pragma once

#include <string>
#include <string_view>

namespace dev8agentd {

// A version 4 UUID from the system's CSPRNG.
std::string new_uuid();

// `count` bytes from the system's CSPRNG as hexadecimal digits.
std::string random_hex(std::size_t count);

// What the daemon accepts as X-Request-ID: 1-128 characters [A-Za-z0-9._-].
bool is_well_formed_request_id(std::string_view id);

}  // namespace dev8agentd
