// Classifies a container group: Azure's many states as one phase, and why.
#pragma once

#include <optional>
#include <string>

#include "dev8agent/error.h"
#include "model/container_group.h"

namespace dev8agent::internal::plan {

enum class Phase { kComingUp, kRunning, kStopped, kFailed, kDeleting };

struct GroupPhase {
  Phase phase = Phase::kComingUp;
  std::optional<Error> error;  // for kFailed
  std::string detail;          // Azure's last event, for progress
  bool ran = false;            // for kFailed: the container came up first
};

// Classifies a group as a GET shows it. Events last seen before `since` belong to an earlier deployment and
// are ignored. `now` (Azure's clock) tells a container that was restarted just now from one that stays up.
// Rules from Microsoft Learn, "ACI states": provisioningState Succeeded says only that Azure did its part, a
// stopped group has it too, and unknown words count as in progress.
GroupPhase classify_group(const ContainerGroup& group, WallTime since, WallTime now);

// True for an environment that is up, or was and has been stopped.
inline bool is_up_or_stopped(Phase phase) {
  return phase == Phase::kRunning || phase == Phase::kStopped;
}

// The container ended by itself: Azure runs nothing, and a stop has no effect.
bool ended_by_itself(const ContainerGroup& group);

}  // namespace dev8agent::internal::plan
