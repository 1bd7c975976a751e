// Hashes, signatures and base64 for SharedKey and JWT verification.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dev8agent::emulator {

std::string base64(std::string_view bytes);
std::string base64url(std::string_view bytes);  // without padding
// Reads both alphabets, padded or not; nothing when `text` is neither.
std::optional<std::string> base64_decode(std::string_view text);

std::string sha1(std::string_view bytes);
std::string sha256(std::string_view bytes);
std::string hmac_sha256(std::string_view key, std::string_view text);
// Compares in time that does not depend on the content.
bool same_secret(std::string_view a, std::string_view b);

}  // namespace dev8agent::emulator
