// The rules behind verdict_on.
#include "plan/operation_outcome.h"

#include "base/text.h"
#include "base/time_format.h"
#include "plan/group_phase.h"
#include "plan/signed_id.h"
#include "plan/situation.h"
#include "plan/status.h"

namespace dev8agent::internal::plan {
namespace {

using Verdict = std::optional<OperationVerdict>;  // empty: the state does not decide

// `since`: as in OperationVerdict.
OperationVerdict succeeded(WallTime since = {}) {
  return {OperationStatus::kSucceeded, Stage::kDone, "", std::nullopt, since};
}

OperationVerdict failed(Error error) {
  return {OperationStatus::kFailed, Stage::kDone, error.message, std::move(error)};
}

// `why`: what is known of its end.
OperationVerdict interrupted(const std::string& why, WallTime since) {
  Error error = make_error(ErrorCode::kCancelled, why + "; repeat the request: it goes on where it stands");
  error.retryable = true;
  return {OperationStatus::kInterrupted, Stage::kDone, error.message, std::move(error), since};
}

OperationVerdict past_limit(const OperationId& id, std::chrono::seconds limit) {
  return interrupted("the agent that ran this operation ended before it did", id.created_at + limit);
}

// A read may show the past for a while: from here on it shows nothing from before the operation.
bool is_settled(const OperationId& id, WallTime now) {
  return now - id.created_at >= kVisibleAfter;
}

// Azure dates events in whole seconds: one of the operation's first second may seem to be older than it.
GroupPhase phase_of(const OperationId& id, const OperationSight& sight) {
  const WallTime since = std::chrono::floor<std::chrono::seconds>(id.created_at);
  return classify_group(sight.seen.group->state, since, sight.now);
}

// No container comes up sooner after its start was asked for. One that did ran before, by clocks that differ.
constexpr std::chrono::seconds kSoonestRun{1};

// Of a stopped group: its container came up after the operation was asked for, ran well, and was stopped so
// long ago that a start that is under way would have started it again.
bool ran_and_was_stopped(const OperationId& id, const OperationSight& sight) {
  const ContainerGroup& group = sight.seen.group->state;
  const auto& started = group.container_started_at;
  const auto& finished = group.container_finished_at;
  if (sight.must_answer || !started || !finished || group.container_restarts > 0) return false;
  return *started >= id.created_at + kSoonestRun && sight.now - *finished >= kVisibleAfter;
}

// The clocks of the agents, and Azure's, agree within this. What is dated so much later than the operation
// came after it, whoever has dated it.
constexpr std::chrono::seconds kClocksAgree{60};

bool came_after(const OperationId& id, WallTime time) {
  return time >= id.created_at + kClocksAgree;
}

// Of a group that runs: the deployment that is shown began after the operation was asked for, by a start. So
// its container was stopped, or had ended, in between. After a restart in place Azure counts Killing and
// Started up and leaves the count of restarts alone.
bool was_started_anew(const OperationId& id, const ContainerGroup& group) {
  if (group.container_restarts > 0 || !group.container_started_at) return false;
  bool told = false;
  for (const ContainerEvent& event : group.events) {
    const auto& began = event.first_at ? event.first_at : event.last_at;
    const bool starts = equal_ignoring_case(event.name, "Started");
    if (!began || !came_after(id, *began) || equal_ignoring_case(event.name, "Killing")) return false;
    if (starts && event.count > 1) return false;
    told = told || starts;
  }
  return told && came_after(id, *group.container_started_at);
}

// The environment that is shown was made after the operation was asked for. What has run longer was adopted.
bool was_made_anew(const OperationId& id, const Observation& seen) {
  if (!seen.share || !came_after(id, seen.share->facts.created_at)) return false;
  if (!seen.group) return true;
  const ContainerGroup& group = seen.group->state;
  const WallTime made = seen.share->facts.created_at;
  return group.container_started_at.value_or(made) >= made &&
         group.container_finished_at.value_or(made) >= made;
}

// The region was left open, so that a failure in one is not the end.
bool may_go_on_elsewhere(const OperationId& id) {
  return id.kind == OperationKind::kCreate && id.cloud_region == "auto";
}

// Of a start whose container was stopped later, when the workspace had to answer: nothing shows whether it
// did.
Verdict of_unanswered_start(const OperationId& id, OperationSight sight, Phase phase) {
  if (id.kind != OperationKind::kStart || phase != Phase::kStopped || !sight.must_answer) return std::nullopt;
  sight.must_answer = false;
  if (!sight.seen.share || !ran_and_was_stopped(id, sight)) return std::nullopt;
  return interrupted("the container was stopped, and Azure does not show whether the workspace had answered",
                     *sight.seen.group->state.container_finished_at);
}

Verdict of_bring_up(const OperationId& id, const OperationSight& sight, const GroupPhase& group) {
  const Observation& seen = sight.seen;
  const bool own = seen.group->token == sight.token;
  if (group.phase == Phase::kFailed && own && !may_go_on_elsewhere(id)) return failed(*group.error);
  // A create takes a stopped environment as it is; a stopped one after a start may be its roll-back.
  const bool stopped_after =
      group.phase == Phase::kStopped && (id.kind == OperationKind::kCreate || ran_and_was_stopped(id, sight));
  const bool up = group.phase == Phase::kRunning || stopped_after;
  const bool as_asked = fits(id.aim, facts_of(seen)) && !id.aim.asks_more;
  if (!up && (own || as_asked)) return of_unanswered_start(id, sight, group.phase);
  if (!up || !seen.share) return std::nullopt;
  if (own) return succeeded();
  return as_asked && is_settled(id, sight.now) ? Verdict(succeeded()) : std::nullopt;
}

Verdict of_stop(const OperationId& id, const OperationSight& sight, Phase phase) {
  const auto& share = sight.seen.share;
  const bool same_environment = share && share->facts.created_at + kClocksAgree <= id.created_at;
  if (phase == Phase::kRunning && same_environment && was_started_anew(id, sight.seen.group->state))
    return succeeded();
  const bool stopped = phase == Phase::kStopped && sight.seen.share;
  if (!stopped || !is_settled(id, sight.now)) return std::nullopt;
  return succeeded(sight.seen.group->state.container_finished_at.value_or(WallTime{}));
}

// A delete that was followed by a create: what it was asked to delete is gone. One that is under way would
// have reached the new environment within kVisibleAfter.
Verdict of_delete(const OperationId& id, const OperationSight& sight) {
  if (sight.in_two_places || !was_made_anew(id, sight.seen)) return std::nullopt;
  const WallTime made = sight.seen.share->facts.created_at;
  return sight.now >= made + kVisibleAfter ? Verdict(succeeded(made)) : std::nullopt;
}

// A start or stop of what is gone is over: one that was under way would have found that out.
Verdict without_group(const OperationId& id, const OperationSight& sight) {
  if (id.kind == OperationKind::kDelete && sight.all_gone) return succeeded(sight.now);
  const bool stopped = id.kind == OperationKind::kStop && sight.seen.share && sight.container_gone &&
                       !may_be_creating(sight.seen, sight.now);
  if (stopped) return succeeded(sight.now);
  const bool needs_environment = id.kind == OperationKind::kStart || id.kind == OperationKind::kStop;
  if (!needs_environment || !sight.all_gone || !is_settled(id, sight.now)) return std::nullopt;
  return interrupted("the environment is gone, and Azure does not show how this operation ended", sight.now);
}

Verdict decided(const OperationId& id, const OperationSight& sight) {
  if (id.kind == OperationKind::kDelete && sight.seen.any()) return of_delete(id, sight);
  if (!sight.seen.group) return without_group(id, sight);
  const GroupPhase group = phase_of(id, sight);
  return id.kind == OperationKind::kStop ? of_stop(id, sight, group.phase) : of_bring_up(id, sight, group);
}

Stage stage_of_bring_up(const OperationId& id, const Observation& seen, Phase phase) {
  if (!seen.group) return seen.share ? Stage::kCreatingContainer : Stage::kQueued;
  if (phase == Phase::kComingUp) return Stage::kProvisioning;
  if (phase == Phase::kDeleting) return Stage::kRollingBack;
  return id.kind == OperationKind::kStart ? Stage::kStarting : Stage::kProvisioning;
}

Stage stage_of(const OperationId& id, const Observation& seen, Phase phase) {
  switch (id.kind) {
    case OperationKind::kStop:
      return seen.group ? Stage::kStopping : Stage::kLocating;
    case OperationKind::kDelete:
      if (seen.group) return Stage::kDeletingContainer;
      return seen.share ? Stage::kDeletingShare : Stage::kLocating;
    case OperationKind::kCreate:
    case OperationKind::kStart:
      break;
  }
  return stage_of_bring_up(id, seen, phase);
}

OperationVerdict running(const OperationId& id, const OperationSight& sight) {
  GroupPhase group;
  if (sight.seen.group) group = phase_of(id, sight);
  return {OperationStatus::kRunning, stage_of(id, sight.seen, group.phase), std::move(group.detail),
          std::nullopt};
}

}  // namespace

std::chrono::seconds operation_limit(OperationKind kind, const AgentSettings& settings) {
  const bool brings_up = kind == OperationKind::kCreate || kind == OperationKind::kStart;
  return brings_up ? settings->operation_timeout + settings->rollback_timeout : kChangeTimeout;
}

bool wants_absence_confirmed(const OperationId& id, const Observation& seen, WallTime now) {
  if (seen.group) return false;
  if (seen.share) return id.kind == OperationKind::kStop;
  if (id.kind == OperationKind::kDelete) return true;
  return id.kind != OperationKind::kCreate && is_settled(id, now);
}

bool may_have_kept(const OperationId& id, const Observation& seen) {
  if (!is_kept(seen)) return false;
  const auto taken = parse_rfc3339(seen.share->kept_snapshot);
  return taken && *taken + kClocksAgree >= id.created_at;
}

bool needs_answer(const OperationId& id, const OperationSight& sight) {
  const bool brings_up = id.kind == OperationKind::kCreate || id.kind == OperationKind::kStart;
  return brings_up && sight.seen.group && phase_of(id, sight).phase == Phase::kRunning;
}

OperationVerdict without_answer(const OperationId& id, const OperationSight& sight,
                                std::chrono::seconds limit, const std::string& failure) {
  if (sight.now - id.created_at >= limit) return past_limit(id, limit);
  return {OperationStatus::kRunning, Stage::kWaitingForIde, failure, std::nullopt};
}

OperationVerdict verdict_on(const OperationId& id, const OperationSight& sight, std::chrono::seconds limit) {
  if (auto verdict = decided(id, sight)) return std::move(*verdict);
  return sight.now - id.created_at < limit ? running(id, sight) : past_limit(id, limit);
}

}  // namespace dev8agent::internal::plan
