// What Azure shows of an environment, as events with ids that every agent agrees on. Pure.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "dev8agent/event.h"
#include "plan/observation.h"

namespace dev8agent::internal::plan {

// Completes an event that has everything but its id. `rank` orders events of one millisecond, 0-99.
EnvironmentEvent with_id(EnvironmentEvent event, int rank);

// The container's events, and the present status with the time since when it holds, in their order. A status
// whose begin Azure does not tell is left out.
std::vector<EnvironmentEvent> events_of(const std::string& id, const Observation& seen, WallTime now);

// The environment is gone; `now` by Azure's clock.
EnvironmentEvent gone_event(const std::string& id, WallTime now);

// How long a watch waits before it reads again.
std::chrono::milliseconds watch_delay(const Observation& seen, WallTime now);

}  // namespace dev8agent::internal::plan
