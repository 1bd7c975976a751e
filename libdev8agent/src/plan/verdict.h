// What Azure's many states come to: one phase, and why.
#pragma once

#include <optional>
#include <string>

#include "dev8agent/environment.h"
#include "dev8agent/error.h"
#include "model/container_group.h"
#include "model/file_share.h"

namespace dev8agent::plan {

enum class Phase { kComingUp, kRunning, kStopped, kFailed, kDeleting };

struct Verdict {
  Phase phase = Phase::kComingUp;
  std::optional<Error> error;  // for kFailed
  std::string detail;          // Azure's last event, for progress
  bool ran = false;            // for kFailed: the container came up first
};

// Judges a group as a GET shows it. Events last seen before `since` belong to an earlier deployment and are
// ignored; `now` tells a container that has just been restarted from one that stays up. Rules from Microsoft
// Learn "ACI states": provisioningState Succeeded says only that Azure did its part, a stopped group has it
// too, and unknown words count as in progress.
Verdict judge(const ContainerGroup& group, WallTime since, WallTime now);

// True for an environment that is up, or was and has been stopped.
inline bool settled_phase(const Verdict& verdict) {
  return verdict.phase == Phase::kRunning || verdict.phase == Phase::kStopped;
}

// What is there under an environment's names in one region. Absent means that Azure said so.
struct Observation {
  std::optional<ContainerGroup> group;
  std::optional<FileShare> share;
  bool any() const { return group || share; }
};

// The work that this process itself has in hand for an environment.
enum class InFlight { kNothing, kCreate, kStart, kStop, kDelete };

struct StatusView {
  EnvironmentStatus status = EnvironmentStatus::kError;
  std::string detail;
};

// A share without a container, so young that the create that made it may be about to put its container.
bool may_be_creating(const Observation& seen, WallTime now);

// The contract's status. At least one of group and share is there.
StatusView status_of(const Observation& seen, InFlight in_flight, WallTime now);

}  // namespace dev8agent::plan
