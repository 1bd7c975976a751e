#include "plan/verdict.h"

#include <algorithm>

#include "base/text.h"
#include "plan/facts.h"

namespace dev8agent::plan {
namespace {

constexpr std::chrono::seconds kStableAfter{30};  // a restarted container counts as running from here on
constexpr int kCrashLoopRestarts = 2;
constexpr std::chrono::minutes kCreateWindow{5};  // how long a share may wait for its container

bool is(std::string_view state, std::string_view word) {
  return equal_ignoring_case(state, word);
}

// Azure has ended its work on the group, well or badly; every other word, known or not, is a transition.
// This word is about the deployment: a container may run well in a group whose deployment has failed.
bool at_rest(std::string_view provisioning) {
  return is(provisioning, "Succeeded") || is(provisioning, "Failed") || is(provisioning, "Canceled") ||
         is(provisioning, "Unhealthy") || is(provisioning, "NotAccessible");
}

std::string last_event(const ContainerGroup& group) {
  if (group.events.empty()) return "";
  const ContainerEvent& event = group.events.back();
  return printable(event.name + ": " + event.message, 300);
}

std::string exit_text(const ContainerGroup& group) {
  std::string text = "the container ended with exit code " + std::to_string(group.container_exit_code);
  if (!group.container_detail.empty()) text += " (" + printable(group.container_detail, 100) + ")";
  if (group.container_restarts > 0)
    text += " after " + std::to_string(group.container_restarts) + " restarts";
  return text;
}

Verdict failed(ErrorCode code, std::string message, const ContainerGroup& group) {
  Error error = make_error(code, std::move(message));
  error.azure_code = group.provisioning_state;
  return {Phase::kFailed, std::move(error), last_event(group), group.container_restarts > 0};
}

Verdict ended_badly(const ContainerGroup& group) {
  Verdict verdict = failed(ErrorCode::kContainerFailed, exit_text(group), group);
  verdict.ran = true;
  return verdict;
}

// A failure that is not over: none from before `since`, and none after which a container has started.
std::optional<Error> announced_failure(const ContainerGroup& group, WallTime since) {
  for (const ContainerEvent& event : group.events) {
    if (event.name == "Started" && event.last_at) since = std::max(since, *event.last_at);
  }
  for (auto event = group.events.rbegin(); event != group.events.rend(); ++event) {
    if (event->failure && (!event->last_at || *event->last_at >= since)) return event->failure;
  }
  return std::nullopt;
}

// Azure did its part; how is the container?
Verdict judge_container(const ContainerGroup& group, WallTime now) {
  if (is(group.state, "Succeeded") || is(group.state, "Failed")) {
    return ended_badly(group);
  }
  if (is(group.container_state, "Running")) {
    const bool stable = group.container_restarts == 0 || !group.container_started_at ||
                        now - *group.container_started_at >= kStableAfter;
    return {stable ? Phase::kRunning : Phase::kComingUp, std::nullopt, last_event(group)};
  }
  const bool looping = group.container_restarts >= kCrashLoopRestarts ||
                       contains_ignoring_case(group.container_detail, "CrashLoopBackOff");
  if (looping) return ended_badly(group);
  if (group.container_state.empty() && is(group.state, "Running")) return {Phase::kRunning, std::nullopt, ""};
  return {Phase::kComingUp, std::nullopt, last_event(group)};
}

}  // namespace

Verdict judge(const ContainerGroup& group, WallTime since, WallTime now) {
  const std::string_view provisioning = group.provisioning_state;
  if (is(provisioning, "Deleting")) return {Phase::kDeleting, std::nullopt, ""};
  if (is(group.state, "Stopped") && at_rest(provisioning)) return {Phase::kStopped, std::nullopt, ""};
  const bool runs = is(group.state, "Running") && is(group.container_state, "Running");
  if (is(provisioning, "Succeeded") || (runs && at_rest(provisioning))) {
    Verdict verdict = judge_container(group, now);
    if (verdict.phase != Phase::kComingUp) return verdict;
  }
  if (auto failure = announced_failure(group, since))
    return {Phase::kFailed, std::move(failure), last_event(group), group.container_restarts > 0};
  if (at_rest(provisioning) && !is(provisioning, "Succeeded")) {
    return failed(ErrorCode::kContainerFailed,
                  "Azure could not bring the container up: provisioning state " + printable(provisioning, 50),
                  group);
  }
  return {Phase::kComingUp, std::nullopt, last_event(group)};
}

bool may_be_creating(const Observation& seen, WallTime now) {
  if (seen.group || !seen.share) return false;
  const auto age = now - from_metadata(seen.share->metadata).created_at;  // clocks differ: it may be negative
  return age < kCreateWindow && age > -kCreateWindow;
}

StatusView status_of(const Observation& seen, InFlight in_flight, WallTime now) {
  if (in_flight == InFlight::kDelete) return {EnvironmentStatus::kDeleting, ""};
  if (!seen.group) {
    if (in_flight == InFlight::kCreate) return {EnvironmentStatus::kCreating, ""};
    if (in_flight == InFlight::kStart) return {EnvironmentStatus::kStarting, ""};
    if (may_be_creating(seen, now)) return {EnvironmentStatus::kCreating, ""};
    return {EnvironmentStatus::kStopped, "no container; starting makes a new one on the same files"};
  }
  const Verdict verdict = judge(*seen.group, WallTime{}, now);
  switch (verdict.phase) {
    case Phase::kDeleting:
      return {EnvironmentStatus::kDeleting, ""};
    case Phase::kFailed:
      // Until the work in hand has ended, nothing has failed.
      if (in_flight == InFlight::kCreate) return {EnvironmentStatus::kCreating, verdict.detail};
      if (in_flight == InFlight::kStart) return {EnvironmentStatus::kStarting, verdict.detail};
      return {EnvironmentStatus::kError, verdict.error->message};
    case Phase::kRunning:
      if (in_flight == InFlight::kStop) return {EnvironmentStatus::kStopping, ""};
      if (!seen.share) return {EnvironmentStatus::kError, "the file share is missing"};
      return {EnvironmentStatus::kRunning, ""};
    case Phase::kStopped:
      if (!seen.share) return {EnvironmentStatus::kError, "the file share is missing"};
      if (in_flight == InFlight::kStart) return {EnvironmentStatus::kStarting, ""};
      return {EnvironmentStatus::kStopped, ""};
    case Phase::kComingUp:
      break;
  }
  if (in_flight == InFlight::kStop) return {EnvironmentStatus::kStopping, verdict.detail};
  const Facts facts = from_tags(seen.group->tags);
  const bool young = now - facts.created_at < std::chrono::minutes(30);
  const bool creating = in_flight == InFlight::kCreate || (in_flight == InFlight::kNothing && young);
  return {creating ? EnvironmentStatus::kCreating : EnvironmentStatus::kStarting, verdict.detail};
}

}  // namespace dev8agent::plan
