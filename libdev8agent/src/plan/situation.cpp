// What the decisions have in common.
#include "plan/situation.h"

#include <algorithm>

namespace dev8agent::internal::plan {
namespace {

// A share is created only where there is none, so that nothing has to be known before.
bool relies_on_observation(Step step, const Situation& at) {
  const bool restores_deleted = step == Step::kRestoreShare && !at.seen.share;
  const bool creates =
      step == Step::kCreateShare || restores_deleted || step == Step::kCreateCertificateShare;
  return writes_group(step) || (writes_share(step) && !creates);
}

bool written_recently(const Situation& at) {
  return brought_up(at.own) && at.now - at.own.group_written_at < kVisibleAfter;
}

}  // namespace

StepKind kind_of(Step step) {
  switch (step) {
    case Step::kDone:
    case Step::kKeepRunning:
    case Step::kKeepFiles:
      return StepKind::kFinal;
    case Step::kWait:
    case Step::kObserve:
    case Step::kReadShare:
    case Step::kConfirmAbsence:
    case Step::kCheckOtherRegions:
    case Step::kInspectShare:
    case Step::kAskWorkspace:
      return StepKind::kQuestion;
    case Step::kCreateShare:
    case Step::kRestoreShare:
    case Step::kTakeOverShare:
    case Step::kReleaseShare:
    case Step::kSetQuota:
    case Step::kSetMetadata:
    case Step::kSnapshotShare:
    case Step::kKeepShare:
    case Step::kDeleteShare:
    case Step::kCreateCertificateShare:
    case Step::kDeleteCertificateShare:
      return StepKind::kShareWrite;
    case Step::kSetTags:
    case Step::kPutGroup:
    case Step::kStartGroup:
    case Step::kStopGroup:
    case Step::kRestartGroup:
    case Step::kDeleteGroup:
      break;
  }
  return StepKind::kGroupWrite;
}

bool is_final(Step step) {
  return kind_of(step) == StepKind::kFinal;
}

bool writes_group(Step step) {
  return kind_of(step) == StepKind::kGroupWrite;
}

bool writes_share(Step step) {
  return kind_of(step) == StepKind::kShareWrite;
}

Decision on_fresh_observation(Decision decision, const Situation& at) {
  if (!decision.ok() || !relies_on_observation(decision->step, at)) return decision;
  if (shows_earlier_run(at.seen)) return Next{Step::kWait};
  TimePoint oldest = at.seen.group_asked_at;
  if (at.seen.share_is_known()) oldest = std::min(oldest, at.seen.share_asked_at);
  const bool fresh = at.now - oldest <= kFreshFor;
  if (fresh || at.reobservations >= kMaxReobservations) return decision;
  return Next{Step::kObserve};
}

Next done_when_fresh(const Situation& at) {
  const bool ask = at.ready.wanted && !at.ready.answered && at.seen.group;
  if (ask && phase_of(at).phase == Phase::kRunning) return {Step::kAskWorkspace};
  const bool fresh = at.now - at.seen.group_asked_at <= kFreshFor;
  return {fresh || at.reobservations >= kMaxReobservations ? Step::kDone : Step::kObserve};
}

GroupPhase phase_of(const Situation& at) {
  return classify_group(at.seen.group->state, at.own.events_since, at.seen.azure_now);
}

Stage stage_of_wait(const Situation& at) {
  const bool has_to_write = !at.own.token.empty() && !brought_up(at.own);
  if (!has_to_write) return Stage::kProvisioning;
  if (!at.seen.group) return Stage::kCreatingContainer;
  switch (phase_of(at).phase) {
    case Phase::kComingUp:
      return Stage::kProvisioning;
    case Phase::kDeleting:
      return Stage::kCreatingContainer;
    case Phase::kRunning:
    case Phase::kStopped:
    case Phase::kFailed:
      break;
  }
  return Stage::kStarting;
}

bool shows_the_past(const Situation& at) {
  if (!at.seen.group || !written_recently(at)) return false;
  const SeenGroup& group = *at.seen.group;
  const bool put = at.own.group_put == Sent::kAccepted || at.own.group_redeploy == Sent::kAccepted;
  if (put && group.token != at.own.token) {
    if (at.own.replaced_token && *at.own.replaced_token == group.token) return true;
    // It ran before the PUT, which has put this call's token in the place of any other.
    const auto& began = group.state.container_started_at;
    if (began && at.own.deployed_after && *began < *at.own.deployed_after) return true;
    // This call saw no group and Azure created one, so that any other was deleted before: whoever comes later
    // takes over the share first, and reads of shares do not lag.
    const bool created = at.own.group_put == Sent::kAccepted && !at.own.replaced_token;
    return created && at.seen.share && at.seen.share->token == at.own.token;
  }
  const auto& started_at = group.state.container_started_at;
  return at.own.group_start == Sent::kAccepted && started_at && started_at == at.own.run_before;
}

bool has_own_group(const Situation& at) {
  return at.seen.group && at.seen.group->token == at.own.token;
}

std::string other_token(const Situation& at) {
  if (!at.seen.share || at.seen.share->token == at.own.token) return "";
  return at.seen.share->token;
}

bool needs_release(const Situation& at) {
  const bool marked = at.seen.group && at.seen.share && !at.seen.share->kept_snapshot.empty();
  return marked || (!other_token(at).empty() && !at.maker_succeeded);
}

bool may_be_of_a_create(const Situation& at, std::chrono::seconds longest_create) {
  const SeenShare& share = *at.seen.share;
  return !share.token.empty() && (share.facts.created_at == WallTime{} ||
                                  at.seen.azure_now - share.facts.created_at < longest_create);
}

bool is_unmanaged(const Situation& at) {
  return at.seen.group && !owned(at.seen.group->state.tags, at.id);
}

Error unmanaged_error(const std::string& id) {
  return make_error(ErrorCode::kConflict, "a container group of environment " + id +
                                              "'s name exists that this agent does not manage; it is left "
                                              "alone");
}

Error does_not_exist(const std::string& id) {
  return make_error(ErrorCode::kNotFound, "environment " + id + " does not exist");
}

Decision only_files_are_kept(const Situation& at) {
  if (!absence_is_confirmed(at.seen, at.now)) return Next{Step::kConfirmAbsence};
  return does_not_exist(at.id);
}

Error files_are_kept(const Situation& at, const std::string& user_id) {
  if (facts_of(at.seen).user_id != user_id) {
    return make_error(ErrorCode::kConflict,
                      "environment " + at.id + " exists with another userId; nothing was changed");
  }
  return make_error(ErrorCode::kConflict,
                    "environment " + at.id +
                        " was deleted with a snapshot, and its files are kept; restore it, or delete it "
                        "without a snapshot, which removes them for good, before it is created again");
}

Decision wait_until_visible(const Situation& at) {
  const bool share_gone = !at.seen.share;
  if (written_recently(at) && !share_gone) return Next{Step::kWait, "not shown yet"};
  if (!share_gone && !absence_is_confirmed(at.seen, at.now)) return Next{Step::kConfirmAbsence};
  Error error = make_error(ErrorCode::kConflict, "environment " + at.id + " was deleted meanwhile");
  error.retryable = true;
  return error;
}

}  // namespace dev8agent::internal::plan
