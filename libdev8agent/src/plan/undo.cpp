#include "plan/undo.h"

namespace dev8agent::plan {

UndoStep next_to_undo(const std::string& id, const Observation& seen, const History& history,
                      const Undo& undo, bool late_write, bool early) {
  const bool own_share =
      undo.share_put && seen.share && from_metadata(seen.share->metadata).call == history.call;
  if (!seen.group) {
    if (!own_share) return late_write ? UndoStep::kWait : UndoStep::kDone;
    // No container of this call was on it; was there another's?
    const bool look = undo.share_claimed && !undo.group_put;
    return look ? UndoStep::kLookIntoShare : UndoStep::kDeleteShare;
  }
  const Verdict verdict = judge(*seen.group, history.since, history.now);
  const bool touched = undo.group_put || undo.group_changed;
  const bool stopped = verdict.phase == Phase::kStopped;
  // A container without files, as of an environment that was deleted meanwhile, is of no use to anybody.
  if (touched && seen.share && settled_phase(verdict) && !(stopped && late_write)) return UndoStep::kLeave;
  if (has_own_group(seen, history) && (undo.group_put || !seen.share)) return UndoStep::kDeleteGroup;
  const bool stoppable = undo.group_changed && !undo.group_put && !history.stopped && !stopped;
  if (stoppable && owned(seen.group->tags, id)) return UndoStep::kStopGroup;
  // Another create has put its container on this call's share, and may be undoing itself.
  const bool others_failed = early && own_share && verdict.phase == Phase::kFailed;
  return late_write || others_failed ? UndoStep::kWait : UndoStep::kDone;
}

}  // namespace dev8agent::plan
