// The contract's status of an environment, from what Azure shows and what this process is doing.
#pragma once

#include <string>

#include "dev8agent/environment.h"
#include "plan/observation.h"

namespace dev8agent::internal::plan {

// The operation that this process has in flight for an environment.
enum class InFlight { kNothing, kCreate, kStart, kStop, kDelete };

struct StatusView {
  EnvironmentStatus status = EnvironmentStatus::kError;
  std::string detail;
};

// A share without a container, so young that the create that made it may be about to put its container.
bool may_be_creating(const Observation& seen, WallTime now);

// The status. At least one of group and share is there.
StatusView status_of(const Observation& seen, InFlight in_flight, WallTime now);

}  // namespace dev8agent::internal::plan
