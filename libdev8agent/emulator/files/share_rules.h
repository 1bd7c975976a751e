// What holds for shares on every way to them: names, sizes, metadata. Pure, but for usage_of().
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "files/storage.h"

namespace dev8agent::emulator {

inline constexpr std::int64_t kLargestShareGib = 102400;  // of an account with large shares
inline constexpr int kDefaultShareGib = 5120;

// 3 to 63 lower-case letters, digits and single hyphens, none at an end.
bool is_share_name(std::string_view name);
// Source: Microsoft Learn, "Common REST API error codes" and "Set Share Metadata": 8 KiB with their names.
bool is_metadata_too_large(const std::map<std::string, std::string>& metadata);
// The bytes of its files. Reads the directory of a share that is one.
std::uint64_t usage_of(const Share& share);

}  // namespace dev8agent::emulator
