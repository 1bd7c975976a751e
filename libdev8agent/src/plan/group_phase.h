// Classifies a container group: Azure's many states as one phase, and why. Pure.
//
// Azure shows three words that say different things: the group's provisioningState (how Azure's own work
// ended), the group's instanceView.state, and the state of its container. Most decisions look at the phase
// alone (plan/decisions.h).
#pragma once

#include <optional>
#include <string>

#include "dev8agent/error.h"
#include "model/container_group.h"

namespace dev8agent::internal::plan {

enum class Phase {
  kComingUp,  // Azure is at work on it, or its container was restarted less than 30 s ago
  kRunning,   // the container runs
  kStopped,   // deallocated by a stop, and not billed
  kFailed,    // the deployment failed, or the container ended or keeps crashing
  kDeleting   // Azure is deleting it
};

// A phase and what is known about it.
struct GroupPhase {
  Phase phase = Phase::kComingUp;
  std::optional<Error> error;  // set for kFailed, and only then
  std::string detail;          // Azure's last event, for progress; may be empty
  bool ran = false;            // for kFailed: the container had started before it failed
};

// Classifies a group as a GET shows it. A list has no instance view: from a list, only a group in transition
// is classified rightly. Failures announced by events from before `since` belong to an earlier deployment and
// are ignored. `now` is Azure's clock: it tells a container that was restarted just now from one that stays
// up. Rules from Microsoft Learn, "ACI states": provisioningState Succeeded says only that Azure did its
// part, a stopped group has it too, and unknown words count as in progress.
GroupPhase classify_group(const ContainerGroup& group, WallTime since, WallTime now);

// True for an environment that is up, or was and has been stopped.
inline bool is_up_or_stopped(Phase phase) {
  return phase == Phase::kRunning || phase == Phase::kStopped;
}

// True when the container ended by itself (instanceView.state Succeeded or Failed): Azure runs nothing, and a
// stop has no effect. Source: Microsoft Learn, "Manually stop or start containers".
bool ended_by_itself(const ContainerGroup& group);

}  // namespace dev8agent::internal::plan
