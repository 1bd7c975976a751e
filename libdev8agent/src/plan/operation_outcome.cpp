// The rules behind verdict_on.
#include "plan/operation_outcome.h"

#include "plan/group_phase.h"
#include "plan/signed_id.h"
#include "plan/situation.h"
#include "plan/status.h"

namespace dev8agent::internal::plan {
namespace {

using Verdict = std::optional<OperationVerdict>;  // empty: the state does not decide

// `since`: as in OperationVerdict.
OperationVerdict succeeded(WallTime since = {}) {
  return {OperationStatus::kSucceeded, "done", "", std::nullopt, since};
}

OperationVerdict failed(Error error) {
  return {OperationStatus::kFailed, "done", error.message, std::move(error)};
}

// `why`: what is known of its end.
OperationVerdict interrupted(const std::string& why, WallTime since) {
  Error error = make_error(ErrorCode::kCancelled, why + "; repeat the request: it goes on where it stands");
  error.retryable = true;
  return {OperationStatus::kInterrupted, "done", error.message, std::move(error), since};
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

// The region was left open, so that a failure in one is not the end.
bool may_go_on_elsewhere(const OperationId& id) {
  return id.kind == OperationKind::kCreate && id.cloud_region == "auto";
}

Verdict of_bring_up(const OperationId& id, const OperationSight& sight, const GroupPhase& group) {
  const Observation& seen = sight.seen;
  const bool own = seen.group->token == sight.token;
  if (group.phase == Phase::kFailed && own && !may_go_on_elsewhere(id)) return failed(*group.error);
  // A create takes a stopped environment as it is; a stopped one after a start may be its roll-back.
  const bool stopped_after =
      group.phase == Phase::kStopped && (id.kind == OperationKind::kCreate || ran_and_was_stopped(id, sight));
  const bool up = group.phase == Phase::kRunning || stopped_after;
  if (!up || !seen.share) return std::nullopt;
  if (own && group.phase == Phase::kRunning) return succeeded();
  const bool as_asked = fits(id.aim, facts_of(seen)) && !id.aim.asks_more;
  return as_asked && is_settled(id, sight.now) ? Verdict(succeeded()) : std::nullopt;
}

Verdict of_stop(const OperationId& id, const OperationSight& sight, Phase phase) {
  const bool stopped = phase == Phase::kStopped && sight.seen.share;
  if (!stopped || !is_settled(id, sight.now)) return std::nullopt;
  return succeeded(sight.seen.group->state.container_finished_at.value_or(WallTime{}));
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
  if (!sight.seen.group) return without_group(id, sight);
  if (id.kind == OperationKind::kDelete) return std::nullopt;
  const GroupPhase group = phase_of(id, sight);
  return id.kind == OperationKind::kStop ? of_stop(id, sight, group.phase) : of_bring_up(id, sight, group);
}

std::string stage_of_bring_up(const OperationId& id, const Observation& seen, Phase phase) {
  if (!seen.group) return seen.share ? "creating-container" : "queued";
  if (phase == Phase::kComingUp) return "provisioning";
  if (phase == Phase::kDeleting) return "rolling-back";
  return id.kind == OperationKind::kStart ? "starting" : "provisioning";
}

std::string stage_of(const OperationId& id, const Observation& seen, Phase phase) {
  switch (id.kind) {
    case OperationKind::kStop:
      return seen.group ? "stopping" : "locating";
    case OperationKind::kDelete:
      if (seen.group) return "deleting-container";
      return seen.share ? "deleting-share" : "locating";
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

bool needs_answer(const OperationId& id, const OperationSight& sight) {
  const bool brings_up = id.kind == OperationKind::kCreate || id.kind == OperationKind::kStart;
  return brings_up && sight.seen.group && phase_of(id, sight).phase == Phase::kRunning;
}

OperationVerdict without_answer(const OperationId& id, const OperationSight& sight,
                                std::chrono::seconds limit, const std::string& failure) {
  if (sight.now - id.created_at >= limit) return past_limit(id, limit);
  return {OperationStatus::kRunning, "waiting-for-ide", failure, std::nullopt};
}

OperationVerdict verdict_on(const OperationId& id, const OperationSight& sight, std::chrono::seconds limit) {
  if (auto verdict = decided(id, sight)) return std::move(*verdict);
  return sight.now - id.created_at < limit ? running(id, sight) : past_limit(id, limit);
}

}  // namespace dev8agent::internal::plan
