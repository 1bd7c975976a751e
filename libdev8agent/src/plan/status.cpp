// The rules behind status_of.
#include "plan/status.h"

#include <algorithm>

#include "base/text.h"
#include "plan/group_phase.h"

namespace dev8agent::internal::plan {
namespace {

constexpr std::chrono::minutes kCreateWindow{5};  // how long a share may wait for its container
constexpr std::chrono::minutes kYoung{30};        // Azure ends a deployment that takes longer

// A container of the group has been ended: what comes up is not its first one.
bool has_run(const ContainerGroup& group) {
  return std::any_of(group.events.begin(), group.events.end(),
                     [](const ContainerEvent& event) { return event.name == "Killing"; });
}

}  // namespace

bool may_be_creating(const Observation& seen, WallTime now) {
  if (seen.group || !seen.share) return false;
  const auto age = now - seen.share->facts.created_at;  // clocks differ: it may be negative
  return age < kCreateWindow && age > -kCreateWindow;
}

StatusView status_of(const Observation& seen, InFlight in_flight, WallTime now) {
  if (in_flight == InFlight::kDelete) return {EnvironmentStatus::kDeleting, ""};
  if (!seen.group) {
    if (in_flight == InFlight::kCreate) return {EnvironmentStatus::kCreating, ""};
    if (in_flight == InFlight::kStart) return {EnvironmentStatus::kStarting, ""};
    // Without a token no create is at it: as after a restore.
    const bool unfinished = seen.share && !seen.share->token.empty();
    if (unfinished && may_be_creating(seen, now)) return {EnvironmentStatus::kCreating, ""};
    return {EnvironmentStatus::kStopped, "no container; starting makes a new one on the same files"};
  }
  const GroupPhase group = classify_group(seen.group->state, WallTime{}, now);
  switch (group.phase) {
    case Phase::kDeleting:
      return {EnvironmentStatus::kDeleting, ""};
    case Phase::kFailed:
      // Nothing has failed until the operation in flight has ended.
      if (in_flight == InFlight::kCreate) return {EnvironmentStatus::kCreating, group.detail};
      if (in_flight == InFlight::kStart) return {EnvironmentStatus::kStarting, group.detail};
      return {EnvironmentStatus::kError, group.error->message};
    case Phase::kRunning:
      if (in_flight == InFlight::kStop) return {EnvironmentStatus::kStopping, ""};
      if (!seen.share) return {EnvironmentStatus::kError, kShareIsMissing};
      return {EnvironmentStatus::kRunning, ""};
    case Phase::kStopped:
      if (!seen.share) return {EnvironmentStatus::kError, kShareIsMissing};
      if (in_flight == InFlight::kStart) return {EnvironmentStatus::kStarting, ""};
      return {EnvironmentStatus::kStopped, ""};
    case Phase::kComingUp:
      break;
  }
  if (in_flight == InFlight::kStop) return {EnvironmentStatus::kStopping, group.detail};
  const bool young = now - seen.group->facts.created_at < kYoung && !has_run(seen.group->state);
  const bool creating = in_flight == InFlight::kCreate || (in_flight == InFlight::kNothing && young);
  return {creating ? EnvironmentStatus::kCreating : EnvironmentStatus::kStarting, group.detail};
}

std::string_view listed_as(const Observation& seen) {
  if (!seen.group) return "files";
  const std::string& state = seen.group->state.provisioning_state;
  for (std::string_view word : {"Failed", "Canceled", "Unhealthy", "NotAccessible"}) {
    if (equal_ignoring_case(state, word)) return "failed";
  }
  return state.empty() || equal_ignoring_case(state, "Succeeded") ? "deployed" : "changing";
}

}  // namespace dev8agent::internal::plan
