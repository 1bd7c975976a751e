#include "plan/steps.h"

#include "base/text.h"
#include "plan/group_spec.h"

namespace dev8agent::plan {
namespace {

constexpr int kRegistryRetries = 3;
constexpr int kAbsencesToBelieve = 2;
constexpr int kAbsencesToGoOn = 8;  // of the group of a create that has taken over this one's share

Decision fail(ErrorCode code, std::string message) {
  return {Step::kFail, make_error(code, std::move(message)), ""};
}

Decision foreign(const std::string& id) {
  return fail(ErrorCode::kConflict, "a container group of environment " + id +
                                        "'s name exists that this agent does not manage; it is left alone");
}

// The group that this call has PUT or started is not there. ARM may not show a new one at once; one that
// stays away was deleted, and is not brought back.
Decision vanished(const std::string& id, const History& history) {
  if (history.absences < kAbsencesToBelieve) return {Step::kWait, std::nullopt, "not shown yet"};
  Decision decision = fail(ErrorCode::kConflict, "environment " + id + " was deleted meanwhile");
  decision.error->retryable = true;
  return decision;
}

bool is_foreign(const Observation& seen, const std::string& id) {
  return seen.group && !owned(seen.group->tags, id);
}

// The container ended by itself: Azure runs nothing, and a stop has no effect.
bool ended(const ContainerGroup& group) {
  return equal_ignoring_case(group.state, "Succeeded") || equal_ignoring_case(group.state, "Failed");
}

// The mark of an unfinished create other than this one; empty when there is none.
std::string foreign_mark(const Observation& seen, const History& history) {
  std::string mark = from_metadata(seen.share->metadata).call;
  return mark == history.call ? "" : mark;
}

Decision share_alone(const Observation& seen, const History& history) {
  if (!foreign_mark(seen, history).empty()) {
    if (history.claim == Claim::kNone) return {Step::kClaimShare, std::nullopt, ""};
    const bool taken_over = history.claim == Claim::kMine;
    if (taken_over && history.absences < kAbsencesToGoOn) {
      return {Step::kWait, std::nullopt, "another create of this environment has taken over"};
    }
  }
  return {Step::kPutGroup, std::nullopt, ""};
}

// A group that never came up and that this call did not write.
Decision deploy_anew(const Observation& seen, const History& history, Verdict verdict) {
  const bool foreign = !foreign_mark(seen, history).empty();
  Step step = Step::kPutGroup;
  if (foreign && history.claim == Claim::kNone) step = Step::kClaimShare;
  // The create that has taken over from this one cleans up by itself.
  if (foreign && history.claim == Claim::kMine) step = Step::kFail;
  const bool left_behind =
      !history.claimed_from.empty() && from_tags(seen.group->tags).call == history.claimed_from;
  if (!foreign && left_behind) step = Step::kDeleteGroup;
  if (step != Step::kFail) verdict.error.reset();
  return {step, std::move(verdict.error), std::move(verdict.detail)};
}

}  // namespace

Facts facts_of(const Observation& seen) {
  Facts facts;
  if (seen.share) facts = from_metadata(seen.share->metadata);
  if (!seen.group) return facts;
  Facts tagged = from_tags(seen.group->tags);
  // Groups of other makers carry fewer tags; what they do show is used.
  if (tagged.cpu_cores == 0) tagged.cpu_cores = static_cast<int>(seen.group->cpu);
  if (tagged.memory_gb == 0) tagged.memory_gb = static_cast<int>(seen.group->memory_gb);
  if (tagged.storage_gb == 0) tagged.storage_gb = facts.storage_gb;
  if (tagged.user_id.empty()) tagged.user_id = facts.user_id;
  if (tagged.region.empty()) tagged.region = facts.region;
  if (tagged.name.empty()) tagged.name = facts.name;
  if (tagged.base_image.empty()) tagged.base_image = facts.base_image;
  if (tagged.created_at == WallTime{}) tagged.created_at = facts.created_at;
  return tagged;
}

FactsLeft facts_left(const Observation& seen, Facts facts, bool with_tags) {
  FactsLeft left;
  const int quota = facts.storage_gb + kHomeGb;
  if (seen.share->quota_gib != quota) left.quota_gib = quota;
  if (!metadata_tells(seen.share->metadata, facts)) {
    facts.call = from_metadata(seen.share->metadata).call;
    left.metadata = to_metadata(facts);
  }
  if (!with_tags || !seen.group) return left;
  facts.call = from_tags(seen.group->tags).call;
  if (auto tags = to_tags(facts); from_tags(tags) != from_tags(seen.group->tags)) left.tags = std::move(tags);
  return left;
}

bool has_own_group(const Observation& seen, const History& history) {
  return seen.group && from_tags(seen.group->tags).call == history.call;
}

bool refused(const Error& error) {
  return error.azure_status >= 400 && error.azure_status < 500 && error.azure_status != 408;
}

bool worth_repeating(const Error& error) {
  const bool registry = error.code == ErrorCode::kImagePullFailed && error.attempts <= kRegistryRetries;
  return error.retryable &&
         (error.code == ErrorCode::kAzureUnavailable || error.code == ErrorCode::kAzureThrottled ||
          error.code == ErrorCode::kConflict || registry);
}

Decision next_for_create(const Facts& wanted, const Observation& seen, const History& history) {
  if (is_foreign(seen, wanted.id)) return foreign(wanted.id);
  if (history.wrote && !seen.group) return vanished(wanted.id, history);
  if (!seen.any()) return {Step::kCreateShare, std::nullopt, ""};
  const std::string differs = differing_fields(wanted, facts_of(seen));
  if (!differs.empty()) {
    return fail(ErrorCode::kConflict,
                "environment " + wanted.id + " exists with another " + differs + "; nothing was changed");
  }
  if (!seen.group) return share_alone(seen, history);
  if (!seen.share) {
    return fail(ErrorCode::kConflict,
                "environment " + wanted.id +
                    " has a container but no file share; delete it before creating it again");
  }
  Verdict verdict = judge(*seen.group, history.since, history.now);
  switch (verdict.phase) {
    case Phase::kRunning:
    case Phase::kStopped:
      return {Step::kDone, std::nullopt, ""};
    case Phase::kComingUp:
      return {Step::kWait, std::nullopt, verdict.detail};
    case Phase::kDeleting:
      return {Step::kWait, std::nullopt, "an earlier container is being deleted"};
    case Phase::kFailed:
      break;
  }
  // A container that ran and ended keeps its place: only what never came up is deployed anew, once.
  if (history.wrote || verdict.ran) return {Step::kFail, std::move(verdict.error), verdict.detail};
  return deploy_anew(seen, history, std::move(verdict));
}

Decision next_for_start(const std::string& id, StartChange change, const Observation& seen,
                        const History& history) {
  const bool redeploy = change == StartChange::kContainer;
  if (is_foreign(seen, id)) return foreign(id);
  if (!seen.share) {
    return fail(ErrorCode::kNotFound,
                "volume not found for environment " + id + ". Create environment first.");
  }
  if (!seen.group) {
    if (history.wrote) return vanished(id, history);
    return {Step::kPutGroup, std::nullopt, ""};
  }
  Verdict verdict = judge(*seen.group, history.since, history.now);
  switch (verdict.phase) {
    case Phase::kRunning:
      if (change != StartChange::kNothing && !history.wrote) {
        const std::string what = redeploy ? "secrets or sizes" : "name or baseImage";
        return fail(ErrorCode::kConflict,
                    "environment " + id + " is running; stop it before starting it with other " + what);
      }
      return {Step::kDone, std::nullopt, ""};
    case Phase::kComingUp:
    case Phase::kDeleting:
      return {Step::kWait, std::nullopt, verdict.detail};
    case Phase::kStopped:
      return {redeploy && !history.wrote ? Step::kPutGroup : Step::kStartGroup, std::nullopt, ""};
    case Phase::kFailed:
      break;
  }
  if (history.wrote) return {Step::kFail, std::move(verdict.error), verdict.detail};
  if (redeploy) return {Step::kPutGroup, std::nullopt, verdict.detail};
  // Azure starts a stopped group; one that failed is stopped first. Source: Microsoft Learn, ACI stop and
  // start.
  const bool startable = history.stopped || ended(*seen.group);
  return {startable ? Step::kStartGroup : Step::kStopGroup, std::nullopt, verdict.detail};
}

Decision next_for_stop(const std::string& id, const Observation& seen, const History& history) {
  if (is_foreign(seen, id)) return foreign(id);
  if (!seen.any()) return fail(ErrorCode::kNotFound, "environment " + id + " does not exist");
  if (!seen.group) {
    // A create of another process may be about to put its container.
    const bool unfinished = !from_metadata(seen.share->metadata).call.empty();
    if (unfinished && may_be_creating(seen, history.now)) return {Step::kWait, std::nullopt, ""};
    return {Step::kDone, std::nullopt, ""};
  }
  Verdict verdict = judge(*seen.group, history.since, history.now);
  if (verdict.phase == Phase::kStopped || ended(*seen.group)) return {Step::kDone, std::nullopt, ""};
  if (verdict.phase == Phase::kFailed && history.stopped) {
    return {Step::kFail, std::move(verdict.error), verdict.detail};
  }
  if (verdict.phase == Phase::kRunning && history.stopped &&
      seen.group->container_started_at != history.stopped_run) {
    Decision decision = fail(ErrorCode::kConflict, "environment " + id + " was started again meanwhile");
    decision.error->retryable = true;
    return decision;
  }
  if (verdict.phase == Phase::kDeleting || history.stopped)
    return {Step::kWait, std::nullopt, verdict.detail};
  return {Step::kStopGroup, std::nullopt, verdict.detail};
}

Decision next_for_delete(const std::string& id, bool force, const Observation& seen, const History& history) {
  if (is_foreign(seen, id)) return foreign(id);
  if (!seen.any()) {
    if (history.group_deleted || history.share_deleted) return {Step::kDone, std::nullopt, ""};
    return fail(ErrorCode::kNotFound, "environment " + id + " does not exist");
  }
  if (!seen.group) return {Step::kDeleteShare, std::nullopt, ""};
  const Phase phase = judge(*seen.group, history.since, history.now).phase;
  // A container may run while Azure repairs or updates its group.
  const bool running =
      phase == Phase::kRunning || (phase != Phase::kDeleting && !history.group_deleted &&
                                   equal_ignoring_case(seen.group->state, "Running") &&
                                   equal_ignoring_case(seen.group->container_state, "Running"));
  if (running && !force) {
    return fail(ErrorCode::kConflict,
                "environment " + id + " is still running. Stop it first or use force=true");
  }
  return {Step::kDeleteGroup, std::nullopt, ""};
}

}  // namespace dev8agent::plan
