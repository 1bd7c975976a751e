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

Decision unless_it_holds_files(const Situation& at, Step step) {
  switch (at.seen.content) {
    case ShareContent::kNotInspected:
      return Next{Step::kInspectShare};
    case ShareContent::kUnknown:
      return make_error(ErrorCode::kAzureUnavailable,
                        "Azure does not tell whether the file share holds files");
    case ShareContent::kHoldsFiles:
      return Next{Step::kKeepFiles};
    case ShareContent::kEmpty:
      break;
  }
  return Next{step};
}

}  // namespace

std::optional<std::string> orphan_reason(const std::string& id, const Observation& seen, InFlight in_flight,
                                         std::chrono::seconds limit, WallTime now) {
  if (in_flight != InFlight::kNothing || !seen.any() || may_be_at_work(seen, limit, now)) return std::nullopt;
  if (is_kept(seen)) return "kept by a delete with a snapshot";
  if (!seen.group) return "file share without a container group";
  if (!owned(seen.group->state.tags, id)) return std::nullopt;
  const GroupPhase group = classify_group(seen.group->state, WallTime{}, now);
  if (group.phase == Phase::kComingUp || group.phase == Phase::kDeleting) return std::nullopt;
  if (!seen.share) return "container group without a file share";
  if (group.phase == Phase::kFailed) return "container group that has failed: " + group.error->message;
  return std::nullopt;
}

std::optional<std::string> certificates_orphan_reason(const std::string& id, const FileShare& certificates,
                                                      const Observation& seen, InFlight in_flight,
                                                      std::chrono::seconds limit, WallTime now) {
  if (in_flight != InFlight::kNothing || seen.any()) return std::nullopt;
  if (from_metadata(certificates.metadata).id != id) return std::nullopt;
  // The create or start that has made it may find out by itself that the files are gone.
  if (!certificates.last_modified || now - *certificates.last_modified < limit) return std::nullopt;
  return "share of certificates without a file share";
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
  if (is_kept(at.seen) && !include_files) return Next{Step::kKeepFiles};
  const Step last = at.seen.group ? Step::kDeleteGroup : Step::kDeleteShare;
  return at.seen.share && !include_files ? unless_it_holds_files(at, last) : Next{last};
}

Decision next_for_certificates_sweep(bool include_files, const Situation& at) {
  if (at.own.certificates_delete == Sent::kAccepted) return Next{Step::kDone};
  if (is_unmanaged(at)) return unmanaged_error(at.id);
  if (at.seen.any()) return no_orphan(at.id);
  if (!absence_is_confirmed(at.seen, at.now)) return Next{Step::kConfirmAbsence};
  const Step last = Step::kDeleteCertificateShare;
  return include_files ? Next{last} : unless_it_holds_files(at, last);
}

}  // namespace dev8agent::internal::plan
