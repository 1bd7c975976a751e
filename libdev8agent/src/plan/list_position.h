// A place in the list of environments: its order, and the cursor that goes on behind an environment. Pure;
// any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "dev8agent/scheduler.h"

namespace dev8agent::internal::plan {

// Where an environment stands: newest first, then by id. Neither changes while it exists, so what is created
// or deleted meanwhile moves nobody across a position.
struct ListPosition {
  WallTime created_at{};  // in whole milliseconds; not before 1970
  std::string id{};

  // True when this one is listed before `other`.
  bool operator<(const ListPosition& other) const;
};
ListPosition list_position(WallTime created_at, std::string id);

// The cursor of a position, "MILLISECONDS.ID" with the time since the Unix epoch, and back: nothing when the
// text is no cursor.
std::string to_cursor(const ListPosition& position);
std::optional<ListPosition> read_cursor(std::string_view text);

}  // namespace dev8agent::internal::plan
