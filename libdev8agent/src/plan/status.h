// The contract's status of an environment, from what Azure shows and what this process is doing. Pure. It is
// what get() and list() return; decisions look at the group's phase instead (plan/group_phase.h).
#pragma once

#include <string>
#include <string_view>

#include "dev8agent/environment.h"
#include "plan/observation.h"

namespace dev8agent::internal::plan {

// The operation that this process has in flight for an environment. Operations of other processes are seen
// from their effects alone.
enum class InFlight { kNothing, kCreate, kStart, kStop, kDelete };

// A status, and in `detail` why it is so; may be empty.
struct StatusView {
  EnvironmentStatus status = EnvironmentStatus::kError;
  std::string detail;
};

// True for a share without a container that was created less than 5 minutes ago: the create that made it may
// be about to put its container. `now` is Azure's clock; a difference in either direction is tolerated.
bool may_be_creating(const Observation& seen, WallTime now);

// The status. At least one of group and share must have been seen. A share alone is STOPPED, unless a create
// or start may be about to put its container; a create's share has its ownership token. A container without
// its share is ERROR. During a create or start of this process, a failed container is no error yet.
StatusView status_of(const Observation& seen, InFlight in_flight, WallTime now);
inline constexpr const char* kShareIsMissing = "the file share is missing";  // StatusView::detail

// What a list tells of an environment: "files" without a container, "changing" while Azure is at work on its
// container, "failed", or "deployed". A list has no instance view: what is deployed may run or be stopped.
std::string_view listed_as(const Observation& seen);

}  // namespace dev8agent::internal::plan
