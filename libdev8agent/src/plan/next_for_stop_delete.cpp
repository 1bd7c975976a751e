// The decisions of a stop and of a delete.
#include "base/text.h"
#include "plan/decisions.h"
#include "plan/status.h"

namespace dev8agent::internal::plan {
namespace {

Decision stop_without_group(const Situation& at) {
  if (!absence_is_confirmed(at.seen, at.now)) {
    // The POST asks the resource provider itself; after one that was accepted, reads have to catch up.
    return Next{at.own.group_stop == Sent::kAccepted ? Step::kConfirmAbsence : Step::kStopGroup};
  }
  // A create of another process may be about to put its container.
  const bool unfinished = !at.seen.share->token.empty();
  if (unfinished && may_be_creating(at.seen, at.seen.azure_now)) return Next{Step::kWait};
  return done_when_fresh(at);
}

bool container_runs(const ContainerGroup& group) {
  return equal_ignoring_case(group.state, "Running") && equal_ignoring_case(group.container_state, "Running");
}

// `why` follows the environment's name.
Error refuse_delete(const std::string& id, const std::string& why) {
  return make_error(ErrorCode::kConflict, "environment " + id + why);
}

// Before anything is deleted, a snapshot is taken of files that are to be kept. A container without a share
// has none.
Decision delete_group(const Situation& at) {
  const bool wanted = at.keeps_files && !at.own.snapshot;
  if (wanted && !at.seen.share_is_known()) return Next{Step::kObserve};
  return Next{wanted && at.seen.share ? Step::kSnapshotShare : Step::kDeleteGroup};
}

// Nobody uses the share any more. The mark comes last: until then the share is that of an environment. Azure
// Files has no condition for that write, so a look afterwards tells whether others have come in between.
Decision end_of_share(const Situation& at) {
  if (!at.keeps_files) return Next{Step::kDeleteShare};
  if (!at.seen.share) return Next{Step::kObserve};
  if (!at.own.snapshot) return Next{Step::kSnapshotShare};
  // A delete writes no other metadata. A mark that is there already is of an earlier delete.
  if (!at.own.stored) return Next{Step::kKeepShare};
  if (is_kept(at.seen)) return Next{at.own.share_unread ? Step::kObserve : Step::kDone};
  Error error = refuse_delete(at.id,
                              " was restored or changed by another call at the same time; its container was "
                              "deleted, and its files are still there. Repeat the delete");
  error.retryable = true;
  return error;
}

Decision delete_without_group(bool force, const Situation& at) {
  if (at.own.deleted_unseen && !force) {
    return refuse_delete(at.id,
                         " had a container that Azure did not show at first; the container was deleted, the "
                         "files are kept. Repeat the delete to remove them");
  }
  // This call's own DELETE was answered: with "gone", or with "there is none".
  if (at.own.group_delete == Sent::kAccepted) return end_of_share(at);
  if (force || absence_is_confirmed(at.seen, at.now)) return delete_group(at);
  return Next{Step::kConfirmAbsence};
}

}  // namespace

Decision next_for_stop(const Situation& at) {
  if (is_unmanaged(at)) return unmanaged_error(at.id);
  if (!at.seen.group && !at.seen.share_is_known()) return Next{Step::kObserve};
  if (!at.seen.any()) return does_not_exist(at.id);
  if (is_kept(at.seen)) return only_files_are_kept(at);
  if (!at.seen.group) return stop_without_group(at);
  GroupPhase group = phase_of(at);
  const bool stopped = at.own.group_stop == Sent::kAccepted;
  if (group.phase == Phase::kStopped || ended_by_itself(at.seen.group->state)) {
    // A read may show the past. The POST reaches the resource provider, and changes nothing that is stopped.
    return stopped ? done_when_fresh(at) : Next{Step::kStopGroup};
  }
  if (group.phase == Phase::kFailed && stopped) return std::move(*group.error);
  if (group.phase == Phase::kRunning && stopped &&
      at.seen.group->state.container_started_at != at.own.stopped_run) {
    Error error = make_error(ErrorCode::kConflict, "environment " + at.id + " was started again meanwhile");
    error.retryable = true;
    return error;
  }
  if (group.phase == Phase::kDeleting || stopped) return Next{Step::kWait, std::move(group.detail)};
  return Next{Step::kStopGroup, std::move(group.detail)};
}

Decision next_for_delete(bool force, const Situation& at) {
  if (is_unmanaged(at)) return unmanaged_error(at.id);
  const bool deleted = at.own.group_delete != Sent::kNo;
  const bool share_is_gone = at.seen.share_is_known() && !at.seen.share;
  if (!at.seen.group && share_is_gone) {
    if (at.own.snapshot)
      return refuse_delete(at.id, " was deleted by another call, and its files with their snapshots");
    if (deleted || at.own.share_delete != Sent::kNo) return Next{Step::kDone};
    return does_not_exist(at.id);
  }
  if (!at.seen.group) return delete_without_group(force, at);
  const Phase phase = phase_of(at).phase;
  // A container may run while Azure repairs or updates its group.
  const bool running = phase == Phase::kRunning ||
                       (phase != Phase::kDeleting && !deleted && container_runs(at.seen.group->state));
  const bool as_before_delete = at.own.group_delete == Sent::kAccepted &&
                                at.seen.group->state.container_started_at == at.own.run_before;
  if (running && !force && !as_before_delete) {
    return refuse_delete(at.id, " is still running. Stop it first or use force=true");
  }
  return delete_group(at);
}

}  // namespace dev8agent::internal::plan
