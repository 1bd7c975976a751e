// The decision of a create.
#include "plan/decisions.h"

namespace dev8agent::internal::plan {
namespace {

// How long a create whose share another create has taken over waits for that one's container.
constexpr std::chrono::seconds kTakenOverWait{90};

// Taking over, in its order: the absence of a container is certain, the share is empty, the token is written.
// Nothing when the share is not to be taken over.
std::optional<Next> take_over(const Situation& at) {
  if (other_token(at).empty() || has_owned_share(at.own)) return std::nullopt;
  if (!at.seen.group && !absence_is_confirmed(at.seen, at.now)) return Next{Step::kConfirmAbsence};
  if (at.seen.content == ShareContent::kNotInspected) return Next{Step::kInspectShare};
  if (at.seen.content == ShareContent::kEmpty) return Next{Step::kTakeOverShare};
  return std::nullopt;  // files, or unknown: the environment is completed, but not owned
}

// This call has owned the share, and another create of the same id owns it now.
bool taken_over_by_another(const Situation& at) {
  return !other_token(at).empty() && has_owned_share(at.own);
}

Decision put_group(bool fresh_id, const Situation& at) {
  const bool created_share = at.own.share_put != Sent::kNo;
  if (created_share && !at.seen.other_regions_clear && !fresh_id) return Next{Step::kCheckOtherRegions};
  if (at.own.update_refused && at.seen.group) return Next{Step::kDeleteGroup};
  // An environment that is completed keeps the facts that its share has.
  return Next{Step::kPutGroup, "", facts_of(at.seen)};
}

Decision with_share_alone(bool fresh_id, const Situation& at) {
  if (auto next = take_over(at)) return *next;
  const TimePoint absent_since = at.seen.absence.first_asked.value_or(at.now);
  if (taken_over_by_another(at) && at.now - absent_since < kTakenOverWait) {
    return Next{Step::kWait, "another create of this environment has taken over"};
  }
  // Nobody else can have put a container on a share that this call has just created.
  const bool own = at.own.share_put != Sent::kNo && at.seen.share->token == at.own.token;
  if (!own && !absence_is_confirmed(at.seen, at.now)) return Next{Step::kConfirmAbsence};
  return put_group(fresh_id, at);
}

// A group that never came up and that this call did not deploy.
Decision deploy_again(bool fresh_id, const Situation& at, GroupPhase group) {
  if (auto next = take_over(at)) return *next;
  if (taken_over_by_another(at)) return std::move(*group.error);  // that create cleans up by itself
  const bool left_behind = at.own.taken_from && at.seen.group->token == *at.own.taken_from;
  if (left_behind && other_token(at).empty()) return Next{Step::kDeleteGroup, std::move(group.detail)};
  return put_group(fresh_id, at);
}

Decision succeed(const Situation& at) {
  if (needs_release(at)) return Next{Step::kReleaseShare};
  // Another create's container: that create may have taken over the share since this call has looked at it.
  const bool lost =
      !has_own_group(at) && has_owned_share(at.own) && at.now - at.seen.share_asked_at > kFreshFor;
  if (lost && at.reobservations < kMaxReobservations) return Next{Step::kObserve};
  return done_when_fresh(at);
}

}  // namespace

bool worth_repeating(const Error& error) {
  constexpr int kRegistryRetries = 3;
  const bool registry = error.code == ErrorCode::kImagePullFailed && error.attempts <= kRegistryRetries;
  return error.retryable &&
         (error.code == ErrorCode::kAzureUnavailable || error.code == ErrorCode::kAzureThrottled ||
          error.code == ErrorCode::kConflict || registry);
}

Decision next_for_take_over(const Situation& at) {
  if (has_owned_share(at.own) && at.seen.share && other_token(at).empty()) return Next{Step::kDone};
  if (at.seen.share && !at.seen.group) {
    if (auto next = take_over(at)) return *next;
  }
  return make_error(ErrorCode::kConflict, "the share is in use or holds files");
}

Decision next_for_create(const Facts& wanted, bool fresh_id, const Situation& at,
                         const std::vector<FieldError>& too_large) {
  if (at.deployment_error) return *at.deployment_error;
  if (is_unmanaged(at)) return unmanaged_error(at.id);
  if (brought_up(at.own) && !at.seen.group) return wait_until_visible(at);
  if (is_kept(at.seen) && !absence_is_confirmed(at.seen, at.now)) return Next{Step::kConfirmAbsence};
  if (is_kept(at.seen)) return files_are_kept(at, wanted.user_id);
  if (!at.seen.any()) {
    if (!too_large.empty()) return invalid_request(too_large);
    return Next{Step::kCreateShare, "", wanted};
  }
  // What this call's own container tells now, an update may have changed since.
  const std::string differs = has_own_group(at) ? "" : differing_fields(wanted, facts_of(at.seen));
  if (!differs.empty()) {
    return make_error(ErrorCode::kConflict,
                      "environment " + at.id + " exists with another " + differs + "; nothing was changed");
  }
  if (!at.seen.group) return with_share_alone(fresh_id, at);
  if (!at.seen.share) {
    return make_error(ErrorCode::kConflict,
                      "environment " + at.id +
                          " has a container but no file share; delete it before creating "
                          "it again");
  }
  GroupPhase group = phase_of(at);
  if (shows_the_past(at)) return Next{Step::kWait, std::move(group.detail)};
  switch (group.phase) {
    case Phase::kRunning:
    case Phase::kStopped:
      return succeed(at);
    case Phase::kComingUp:
      return Next{Step::kWait, std::move(group.detail)};
    case Phase::kDeleting:
      return Next{Step::kWait, "an earlier container is being deleted"};
    case Phase::kFailed:
      break;
  }
  // A container that ran and ended keeps its place: only what never came up is deployed again, once.
  if (brought_up(at.own) || group.ran) return std::move(*group.error);
  return deploy_again(fresh_id, at, std::move(group));
}

}  // namespace dev8agent::internal::plan
