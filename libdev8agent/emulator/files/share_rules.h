// What holds for shares on every way to them: names, sizes, metadata. Pure, but for usage_of().
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "files/storage.h"

namespace dev8agent::emulator {

inline constexpr std::int64_t kLargestShareGib = 102400;  // of an account with large shares
inline constexpr int kDefaultShareGib = 5120;
inline constexpr std::size_t kMostSnapshots = 200;  // of one share

// 3 to 63 lower-case letters, digits and single hyphens, none at an end.
bool is_share_name(std::string_view name);
// Source: Microsoft Learn, "Common REST API error codes" and "Set Share Metadata": 8 KiB with their names.
bool is_metadata_too_large(const std::map<std::string, std::string>& metadata);
// The snapshot of that name, or null.
Share* find_snapshot(Share& share, std::string_view name);
// Why a share with snapshots is not deleted, or nothing. `include` are the words that a caller may say.
enum class WithSnapshots { kNone, kUnleased, kAll };
std::optional<LeaseRefusal> refuse_deletion(const Share& share, WithSnapshots include, TimePoint now);

// An item of a list, with its place: a list goes on from the place of the first item that it has no room for.
struct ListedShare {
  std::string place;
  const Share* share = nullptr;
};
// The shares that are there, by name, with a name that begins with `prefix`; from `place` on, `most` at most.
// With `snapshots` each is followed by its own.
std::vector<ListedShare> listed_shares(const Account& account, const std::string& prefix,
                                       const std::string& place, bool snapshots, std::size_t most);

// The bytes of its files. Reads the directory of a share that is one.
std::uint64_t usage_of(const Share& share);

}  // namespace dev8agent::emulator
