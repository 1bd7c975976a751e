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

std::uint64_t usage_of(const Share& share) {
  if (!share.directory.empty()) return tree_bytes(share.directory);
  std::uint64_t bytes = 0;
  for (const auto& [path, entry] : share.entries) bytes += entry.content.size();
  return bytes;
}

}  // namespace dev8agent::emulator
