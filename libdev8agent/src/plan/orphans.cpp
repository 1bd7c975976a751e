// The rules about orphans.
#include "plan/orphans.h"

#include <algorithm>

namespace dev8agent::internal::plan {
namespace {

void later(std::optional<WallTime>& time, const std::optional<WallTime>& other) {
  if (other && *other > WallTime{}) time = std::max(time.value_or(*other), *other);
}

// When the group was deployed or started last: Azure's events begin anew then. What a crashing container does
// later is no change.
std::optional<WallTime> began_at(const ContainerGroup& group) {
  std::optional<WallTime> began;
  for (const ContainerEvent& event : group.events) {
    const auto& time = event.first_at ? event.first_at : event.last_at;
    if (time && (!began || *time < *began)) began = time;
  }
  return began ? began : group.container_started_at;
}

// An operation of another process may be at it: its ownership token is still there, and its time is not over.
bool may_be_at_work(const Observation& seen, std::chrono::seconds limit, WallTime now) {
  return seen.share && !seen.share->token.empty() && now - seen.share->facts.created_at < limit;
}

Decision no_orphan(const std::string& id) {
  return make_error(ErrorCode::kConflict,
                    "environment " + id + " is in use again; what is left of it was kept");
}

}  // namespace

std::optional<std::string> orphan_reason(const std::string& id, const Observation& seen, InFlight in_flight,
                                         std::chrono::seconds limit, WallTime now) {
  if (in_flight != InFlight::kNothing || !seen.any() || may_be_at_work(seen, limit, now)) return std::nullopt;
  if (!seen.group) return "file share without a container group";
  if (!owned(seen.group->state.tags, id)) return std::nullopt;
  const GroupPhase group = classify_group(seen.group->state, WallTime{}, now);
  if (group.phase == Phase::kComingUp || group.phase == Phase::kDeleting) return std::nullopt;
  if (!seen.share) return "container group without a file share";
  if (group.phase == Phase::kFailed) return "container group that has failed: " + group.error->message;
  return std::nullopt;
}

std::optional<WallTime> last_change(const Observation& seen) {
  std::optional<WallTime> changed;
  if (seen.share) {
    later(changed, seen.share->facts.created_at);
    later(changed, seen.share->state.last_modified);
  }
  if (!seen.group) return changed;
  later(changed, seen.group->facts.created_at);
  later(changed, began_at(seen.group->state));
  return changed;
}

Decision next_for_sweep(bool include_files, const Situation& at) {
  if (is_unmanaged(at)) return unmanaged_error(at.id);
  if (!at.seen.any()) return Next{Step::kDone};
  const bool begun = at.own.group_delete != Sent::kNo || at.own.share_delete != Sent::kNo;
  if (at.seen.group && !begun) {
    const Phase phase = phase_of(at).phase;
    if (phase == Phase::kComingUp || phase == Phase::kDeleting) return no_orphan(at.id);
    if (at.seen.share && phase != Phase::kFailed) return no_orphan(at.id);
  }
  if (!at.seen.group && !begun && !absence_is_confirmed(at.seen, at.now)) return Next{Step::kConfirmAbsence};
  if (at.seen.share && !include_files) {
    if (at.seen.content == ShareContent::kNotInspected) return Next{Step::kInspectShare};
    if (at.seen.content == ShareContent::kUnknown)
      return make_error(ErrorCode::kAzureUnavailable,
                        "Azure does not tell whether the file share holds files");
    if (at.seen.content == ShareContent::kHoldsFiles) return Next{Step::kKeepFiles};
  }
  return Next{at.seen.group ? Step::kDeleteGroup : Step::kDeleteShare};
}

}  // namespace dev8agent::internal::plan
