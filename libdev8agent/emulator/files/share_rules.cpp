// The rules for shares.
#include "files/share_rules.h"

#include <algorithm>

#include "files/real_tree.h"

namespace dev8agent::emulator {
namespace {

bool is_small_alnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

}  // namespace

bool is_share_name(std::string_view name) {
  if (name.size() < 3 || name.size() > 63 || name.find("--") != std::string_view::npos) return false;
  return is_small_alnum(name.front()) && is_small_alnum(name.back()) &&
         std::all_of(name.begin(), name.end(), [](char c) { return is_small_alnum(c) || c == '-'; });
}

bool is_metadata_too_large(const std::map<std::string, std::string>& metadata) {
  std::size_t size = 0;
  for (const auto& [name, value] : metadata) size += name.size() + value.size();
  return size > 8192;
}

Share* find_snapshot(Share& share, std::string_view name) {
  const auto found = std::find_if(share.snapshots.begin(), share.snapshots.end(),
                                  [&](const Share& one) { return one.snapshot == name; });
  return found == share.snapshots.end() ? nullptr : &*found;
}

// Source: Microsoft Learn, "Delete Share", and the description of Microsoft.Storage, FileShares_Delete. The
// second text is from Azure/azure-cli issue 21196.
std::optional<LeaseRefusal> refuse_deletion(const Share& share, WithSnapshots include, TimePoint now) {
  if (include == WithSnapshots::kNone && !share.snapshots.empty()) {
    return LeaseRefusal{409, "ShareHasSnapshots",
                        "The share has snapshots and the operation requires no snapshots."};
  }
  const bool leased = std::any_of(share.snapshots.begin(), share.snapshots.end(),
                                  [&](const Share& one) { return is_locked(one.lease, now); });
  if (include == WithSnapshots::kAll || !leased) return std::nullopt;
  return LeaseRefusal{
      409, "DeleteShareWhenSnapshotLeased",
      "Unable to delete share because one or more share snapshots have active leases. Release "
      "the share snapshot leases or delete the share with the include-leased parameter for "
      "x-ms-delete-snapshots."};
}

std::vector<ListedShare> listed_shares(const Account& account, const std::string& prefix,
                                       const std::string& place, bool snapshots, std::size_t most) {
  std::vector<ListedShare> items;
  const auto add = [&](std::string at, const Share& share) {
    if (at >= place && items.size() < most) items.push_back({std::move(at), &share});
  };
  // No name holds a space, which comes before every character of names.
  const std::string from = place.substr(0, place.find(' '));
  for (auto at = account.shares.lower_bound(std::max(prefix, from)); at != account.shares.end(); ++at) {
    if (!at->first.starts_with(prefix) || items.size() == most) break;
    if (at->second.gone) continue;
    add(at->first, at->second);
    if (!snapshots) continue;
    for (const Share& one : at->second.snapshots) add(at->first + " " + one.snapshot, one);
  }
  return items;
}

std::uint64_t usage_of(const Share& share) {
  if (!share.directory.empty()) return tree_bytes(share.directory);
  std::uint64_t bytes = 0;
  for (const auto& [path, entry] : share.entries) bytes += entry.content.size();
  return bytes;
}

}  // namespace dev8agent::emulator
