// Digests, random bytes and their text forms, on OpenSSL's libcrypto. Any thread. Byte strings are raw bytes
// in a std::string. When libcrypto cannot compute a digest, the program ends.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dev8agent::internal {

std::string sha256(std::string_view data);                             // 32 raw bytes
std::string hmac_sha256(std::string_view key, std::string_view data);  // 32 raw bytes
bool equal_in_constant_time(std::string_view a, std::string_view b);   // time depends on the lengths alone
std::string random_bytes(std::size_t count);  // CSPRNG; aborts when the system has none

std::string base64_encode(std::string_view data);
std::optional<std::string> base64_decode(std::string_view text);  // standard alphabet, padded, nothing else
std::string base64url_encode(std::string_view data);              // without padding (RFC 7515)
std::string hex_encode(std::string_view data);

// RFC 4122 version 4 from 16 random bytes, lower case with hyphens.
// Fewer bytes are filled up with zeros. Callers pass AgentOptions::random_bytes, so that tests can replay
// ids.
std::string make_uuid(std::string_view random16);
// `id` in the form of a UUID when it is 32 hexadecimal digits, with or without hyphens in their places, such
// as the trace id of W3C Trace Context; else empty.
std::string as_uuid(std::string_view id);

}  // namespace dev8agent::internal
