// The order of the list, and its cursors.
#include "plan/list_position.h"

#include <algorithm>
#include <chrono>
#include <tuple>
#include <utility>

#include "base/text.h"
#include "plan/names.h"

namespace dev8agent::internal::plan {

bool ListPosition::operator<(const ListPosition& other) const {
  return std::tie(other.created_at, id) < std::tie(created_at, other.id);
}

ListPosition list_position(WallTime created_at, std::string id) {
  return {std::chrono::floor<std::chrono::milliseconds>(std::max(created_at, WallTime{})), std::move(id)};
}

std::string to_cursor(const ListPosition& position) {
  const auto since = position.created_at.time_since_epoch();
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(since).count()) + "." +
         position.id;
}

std::optional<ListPosition> read_cursor(std::string_view text) {
  using std::chrono::milliseconds;
  constexpr auto kLatest = std::chrono::floor<milliseconds>(WallTime::max()).time_since_epoch();
  const auto point = text.find('.');
  if (point == text.npos) return std::nullopt;
  const auto since = parse_unsigned(text.substr(0, point));
  const std::string_view id = text.substr(point + 1);
  if (!since || milliseconds(*since) > kLatest || id.empty()) return std::nullopt;
  return ListPosition{WallTime(milliseconds(*since)), std::string(id)};
}

}  // namespace dev8agent::internal::plan
