// EventWatch: one flow that waits for the events of one environment. What other flows read wakes it. Loop
// thread only.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>

#include "azure/container_groups.h"
#include "base/signal.h"
#include "orchestrator/flow_state.h"

namespace dev8agent::internal {

struct EventWatch {
  FlowStatePtr state;                      // null until the environment was found
  const RegionServices* region = nullptr;  // of `state`
  std::optional<azure::GroupRead> read;    // what another flow has read since the last turn
  Signal changed;
  int absent_reads = 0;                       // in a row that showed neither group nor share
  std::optional<std::set<std::string>> told;  // the ids of the last page
};
using EventWatchPtr = std::shared_ptr<EventWatch>;

}  // namespace dev8agent::internal
