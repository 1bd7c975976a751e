// The rules behind classify_group.
#include "plan/group_phase.h"

#include <algorithm>

#include "base/text.h"

namespace dev8agent::internal::plan {
namespace {

constexpr std::chrono::seconds kStableAfter{30};  // a restarted container counts as running from here on
constexpr int kCrashLoopRestarts = 2;

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

GroupPhase failed(ErrorCode code, std::string message, const ContainerGroup& group) {
  Error error = make_error(code, std::move(message));
  error.azure_code = group.provisioning_state;
  return {Phase::kFailed, std::move(error), last_event(group), group.container_restarts > 0};
}

GroupPhase ended_badly(const ContainerGroup& group) {
  GroupPhase result = failed(ErrorCode::kContainerFailed, exit_text(group), group);
  // Azure has done its part: what it says of the container counts, not that the deployment has succeeded.
  result.error->azure_code = group.container_detail;
  result.ran = true;
  return result;
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

GroupPhase sidecar_failed(const SidecarState& sidecar, const ContainerGroup& group) {
  std::string text = "the container '" + printable(sidecar.name, 63) + "' beside the workspace ended";
  if (sidecar.exit_code != 0) text += " with exit code " + std::to_string(sidecar.exit_code);
  if (sidecar.restarts > 0) text += " after " + std::to_string(sidecar.restarts) + " restarts";
  GroupPhase result = failed(ErrorCode::kContainerFailed, std::move(text), group);
  result.ran = true;
  return result;
}

// The workspace's own container runs; are those beside it up, too?
GroupPhase with_sidecars(const ContainerGroup& group) {
  for (const SidecarState& sidecar : group.sidecars) {
    if (is(sidecar.state, "Running") || sidecar.state.empty()) continue;
    const bool looping =
        sidecar.restarts >= kCrashLoopRestarts || contains_ignoring_case(sidecar.detail, "CrashLoopBackOff");
    if (looping) return sidecar_failed(sidecar, group);
    return {Phase::kComingUp, std::nullopt, last_event(group)};
  }
  return {Phase::kRunning, std::nullopt, last_event(group)};
}

// Azure did its part; how is the container?
GroupPhase classify_container(const ContainerGroup& group, WallTime now) {
  if (is(group.state, "Succeeded") || is(group.state, "Failed")) {
    return ended_badly(group);
  }
  if (is(group.container_state, "Running")) {
    const bool stable = group.container_restarts == 0 || !group.container_started_at ||
                        now - *group.container_started_at >= kStableAfter;
    if (stable) return with_sidecars(group);
    return {Phase::kComingUp, std::nullopt, last_event(group)};
  }
  const bool looping = group.container_restarts >= kCrashLoopRestarts ||
                       contains_ignoring_case(group.container_detail, "CrashLoopBackOff");
  if (looping) return ended_badly(group);
  if (group.container_state.empty() && is(group.state, "Running")) return {Phase::kRunning, std::nullopt, ""};
  return {Phase::kComingUp, std::nullopt, last_event(group)};
}

}  // namespace

bool ended_by_itself(const ContainerGroup& group) {
  return is(group.state, "Succeeded") || is(group.state, "Failed");
}

GroupPhase classify_group(const ContainerGroup& group, WallTime since, WallTime now) {
  const std::string_view provisioning = group.provisioning_state;
  if (is(provisioning, "Deleting")) return {Phase::kDeleting, std::nullopt, ""};
  if (is(group.state, "Stopped") && at_rest(provisioning)) return {Phase::kStopped, std::nullopt, ""};
  const bool runs = is(group.state, "Running") && is(group.container_state, "Running");
  if (is(provisioning, "Succeeded") || (runs && at_rest(provisioning))) {
    GroupPhase result = classify_container(group, now);
    if (result.phase != Phase::kComingUp) return result;
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

}  // namespace dev8agent::internal::plan
