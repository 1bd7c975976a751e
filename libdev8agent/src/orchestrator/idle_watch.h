// IdleWatch: what one process knows of the use of environments, so that it asks Azure seldom. Plain data;
// Flows owns it. Loop thread only.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "orchestrator/azure_services.h"
#include "plan/idle.h"

namespace dev8agent::internal {

struct IdleEntry {
  plan::KnownUse use;
  bool writing = false;              // a write of activity is under way
  RegionServices* region = nullptr;  // where the last list showed its group; null when it showed none
  std::chrono::seconds window{0};    // as the last list showed it
  // The earliest stop that is possible as far as lists tell, and as far as the last read of the container
  // does. Azure's clock; nothing: never.
  std::optional<WallTime> listed_due{};
  std::optional<WallTime> read_due{};
};

using IdleWatch = std::map<std::string, IdleEntry>;  // by environment

}  // namespace dev8agent::internal
