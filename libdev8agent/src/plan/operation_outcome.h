// What the state of an environment says about an operation that another process runs or ran. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "dev8agent/operation_record.h"
#include "dev8agent/options.h"
#include "plan/observation.h"

namespace dev8agent::internal::plan {

inline constexpr std::chrono::seconds kChangeTimeout{900};  // of a stop or delete that names none

// What is known when the question is asked.
struct OperationSight {
  Observation seen;             // of the region in which the environment was found, or of none
  std::string token{};          // the operation's ownership token there
  bool container_gone = false;  // the absence of a container is beyond doubt
  bool all_gone = false;        // so is that of the share, in every region where it might be
  WallTime now{};
};

// How an operation stands, or ended.
struct OperationVerdict {
  OperationStatus status = OperationStatus::kRunning;
  std::string stage{};
  std::string detail{};
  std::optional<Error> error{};
};

// How long an operation of `kind` may take, roll-back included.
std::chrono::seconds operation_limit(OperationKind kind, const AgentSettings& settings);

// SUCCEEDED and FAILED only where the state leaves no doubt: it carries the operation's own token, or it is
// the state that was asked for and reads can no longer show what was before the operation. Else RUNNING until
// `limit` after it was asked for, then INTERRUPTED.
OperationVerdict verdict_on(const OperationId& id, const OperationSight& sight, std::chrono::seconds limit);

// True when only the absence of a container, which one read does not prove, is missing for a verdict.
bool wants_absence_confirmed(const OperationId& id, const Observation& seen);

}  // namespace dev8agent::internal::plan
