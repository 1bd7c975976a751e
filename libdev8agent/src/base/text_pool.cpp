// TextPool: see text_pool.h.
#include "base/text_pool.h"

#include <algorithm>

namespace dev8agent::internal {
namespace {

// The longest part between two '&'.
std::string_view longest_part(std::string_view text) {
  std::string_view longest;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('&', begin), text.size());
    if (end - begin > longest.size()) longest = text.substr(begin, end - begin);
    begin = end + 1;
  }
  return longest;
}

}  // namespace

PooledText TextPool::add(std::string_view text) {
  PooledText pooled;
  const std::size_t slash = text.substr(0, text.find('?')).rfind('/');
  if (slash != std::string_view::npos && slash + 1 >= kShortestPlace) {
    pooled.place_ = share(text.substr(0, slash + 1));
    if (pooled.place_) text.remove_prefix(slash + 1);
  }
  const std::string_view part = longest_part(text);
  if (part.size() >= kShortest) pooled.common_ = share(part);
  if (!pooled.common_) {
    pooled.own_ = text;
    return pooled;
  }
  pooled.split_ = static_cast<std::size_t>(part.data() - text.data());
  pooled.own_.reserve(text.size() - part.size());
  pooled.own_.append(text.substr(0, pooled.split_)).append(text.substr(pooled.split_ + part.size()));
  return pooled;
}

std::size_t TextPool::size() {
  drop_unused();
  return parts_.size();
}

std::shared_ptr<const std::string> TextPool::share(std::string_view part) {
  if (const auto known = parts_.find(part); known != parts_.end()) {
    if (auto held = known->second.lock()) return held;
  }
  drop_unused();
  if (parts_.size() >= kMost) return nullptr;
  auto held = std::make_shared<const std::string>(part);
  parts_[*held] = held;
  return held;
}

void TextPool::drop_unused() {
  std::erase_if(parts_, [](const auto& part) { return part.second.expired(); });
}

}  // namespace dev8agent::internal
