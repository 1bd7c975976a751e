// What the state of an environment says about an operation that another process runs or ran. Pure. Behind
// EnvironmentOrchestrator::observe_operation(): the flow collects an OperationSight from Azure
// (orchestrator/observe_operation.cpp), and verdict_on() says what it means.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "dev8agent/operation_record.h"
#include "dev8agent/options.h"
#include "plan/observation.h"

namespace dev8agent::internal::plan {

// How long a stop or delete may take whose CallOptions name no timeout.
inline constexpr std::chrono::seconds kChangeTimeout{900};

// What is known when the question is asked. The flow confirms the absences only when
// wants_absence_confirmed() asks for it, because that takes at least kAbsenceSpan.
struct OperationSight {
  Observation seen;             // of the region in which the environment was found, or of none
  std::string token{};          // the operation's ownership token there
  bool container_gone = false;  // the absence of a container is beyond doubt
  bool all_gone = false;        // so is that of the share, in every region where it might be
  bool in_two_places = false;   // another region has something of the environment, too
  WallTime now{};               // Azure's clock, or this machine's when nothing was found
  bool must_answer = false;     // a create or start succeeds only when the workspace itself has answered
};

// How an operation stands, or ended.
struct OperationVerdict {
  OperationStatus status = OperationStatus::kRunning;
  Stage stage = Stage::kQueued;
  std::string detail{};
  std::optional<Error> error{};
  WallTime since{};  // since when this is known, by the rules here; zero: the state of the environment tells
};

// How long an operation of `kind` may take, roll-back included: by the settings of this process, which should
// be those of the process that runs it.
std::chrono::seconds operation_limit(OperationKind kind, const AgentSettings& settings);

// SUCCEEDED and FAILED only where the state leaves no doubt: it carries the operation's own token, or it is
// the state that was asked for and reads can no longer show what was before the operation (60 s after it was
// asked for), or it follows from it: a new environment from a delete, a container that was started anew from
// a stop, one that ran and was stopped from a start. INTERRUPTED where the state shows that it is not under
// way any more, and not how it ended. Else RUNNING until `limit` after it was asked for, then INTERRUPTED:
// the process that ran it has ended, and a repeat of the request goes on where it stands.
OperationVerdict verdict_on(const OperationId& id, const OperationSight& sight, std::chrono::seconds limit);

// True for a create or start whose container runs.
bool needs_answer(const OperationId& id, const OperationSight& sight);

// True for a share that is kept since the delete `id`. One that was kept before is what such a delete has to
// remove.
bool may_have_kept(const OperationId& id, const Observation& seen);

// In the place of a success of a create or start whose workspace should answer and does not, because of
// `failure`: RUNNING until `limit` after the operation was asked for. Then it is not known how it ended,
// which is INTERRUPTED.
OperationVerdict without_answer(const OperationId& id, const OperationSight& sight,
                                std::chrono::seconds limit, const std::string& failure);

// True when only the absence of a container, which one read does not prove, is missing for a verdict: a stop
// that finds a share alone, a delete that finds nothing, or a start or stop that finds nothing when `now` is
// so late that reads no longer show what was before it.
bool wants_absence_confirmed(const OperationId& id, const Observation& seen, WallTime now);

}  // namespace dev8agent::internal::plan
