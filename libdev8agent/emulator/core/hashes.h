// Hashes, signatures and base64 (by OpenSSL) for the checks of SharedKey signatures and JWTs. All
// inputs and outputs are raw bytes unless the name says base64. The library has functions of its
// own for the same; the emulator does not share them, so that it notices a fault in them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dev8agent::emulator {

// RFC 4648: section 4 with padding, and section 5 for URLs.
std::string base64(std::string_view bytes);
std::string base64url(std::string_view bytes);  // without padding
// Reads both alphabets, also mixed, with or without padding; nothing when `text` is neither. Line
// breaks and spaces are not accepted.
std::optional<std::string> base64_decode(std::string_view text);

// Digests of 20, 32 and 32 bytes.
std::string sha1(std::string_view bytes);
std::string sha256(std::string_view bytes);
std::string hmac_sha256(std::string_view key, std::string_view text);
// Compares in time that does not depend on the content.
bool same_secret(std::string_view a, std::string_view b);

}  // namespace dev8agent::emulator
