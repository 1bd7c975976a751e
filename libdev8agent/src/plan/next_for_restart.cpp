// The decision of a restart.
#include "plan/decisions.h"

namespace dev8agent::internal::plan {
namespace {

// `why` follows the environment's name.
Error not_running(const std::string& id, const std::string& why, bool passing = false) {
  Error error = make_error(ErrorCode::kConflict, "environment " + id + why);
  error.retryable = passing;
  return error;
}

// A container that started after this call's restart, or of which Azure tells no new start time.
bool runs_anew(const Situation& at) {
  if (at.seen.group->state.container_started_at != at.own.run_before) return true;
  return at.own.group_restart == Sent::kAccepted && at.now - at.own.group_written_at >= kVisibleAfter;
}

// This call's restart is not shown, and may take effect yet.
bool may_come(const Situation& at) {
  if (at.own.group_restart == Sent::kUnanswered) return at.now < at.own.late_until;
  return at.own.group_restart == Sent::kAccepted;
}

Decision refuse(const Situation& at, Phase phase) {
  switch (phase) {
    case Phase::kComingUp:
      return not_running(at.id, " is not running: its container is coming up. Wait until it runs", true);
    case Phase::kDeleting:
      return not_running(at.id, " is being deleted");
    case Phase::kStopped:
      return not_running(at.id, " is not running. Start it instead");
    case Phase::kFailed:
    case Phase::kRunning:
      break;
  }
  return not_running(at.id, " is not running: its container has failed. Start it instead");
}

Decision restart_without_group(const Situation& at) {
  if (!absence_is_confirmed(at.seen, at.now)) return Next{Step::kConfirmAbsence};
  const bool sent = may_have_applied(at.own.group_restart);
  if (sent) return not_running(at.id, "'s container was deleted meanwhile", true);
  return not_running(at.id, " has no container. Start it instead");
}

}  // namespace

Decision next_for_restart(const Situation& at) {
  if (is_unmanaged(at)) return unmanaged_error(at.id);
  if (!at.seen.any()) return does_not_exist(at.id);
  if (is_kept(at.seen)) return only_files_are_kept(at);
  if (!at.seen.group) return restart_without_group(at);
  GroupPhase group = phase_of(at);
  const bool sent = may_have_applied(at.own.group_restart);
  if (group.phase == Phase::kRunning) {
    if (!at.seen.share) return not_running(at.id, " has lost its file share; it is not restarted");
    if (sent && runs_anew(at)) return done_when_fresh(at);
    return Next{may_come(at) ? Step::kWait : Step::kRestartGroup, std::move(group.detail)};
  }
  if (sent && group.phase == Phase::kComingUp) return Next{Step::kWait, std::move(group.detail)};
  if (sent && group.phase == Phase::kFailed) return std::move(*group.error);
  return refuse(at, group.phase);
}

}  // namespace dev8agent::internal::plan
