// The rules behind events.h.
#include "plan/events.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.h"
#include "base/time_format.h"
#include "plan/group_phase.h"
#include "plan/idle.h"
#include "plan/mask_credentials.h"
#include "plan/status.h"

namespace dev8agent::internal::plan {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t kLongestMessage = 1000;

// Ranks: stages in their order, what happens to a container in the order of its life, the status, the end.
constexpr int kLastStageRank = 19;
constexpr int kOtherContainerRank = 60;
constexpr int kStatusRank = 70;
constexpr int kActivityRank = 90;
constexpr int kDoneRank = 99;

int rank_of(const ContainerEvent& event) {
  constexpr std::array<std::string_view, 5> kLife = {"Killing", "Pulling", "Pulled", "Created", "Started"};
  const auto found = std::find(kLife.begin(), kLife.end(), event.name);
  if (found == kLife.end()) return kOtherContainerRank;
  return kLastStageRank + 1 + static_cast<int>(found - kLife.begin());
}

EnvironmentEvent container_event(const std::string& id, const ContainerEvent& seen, WallTime made) {
  EnvironmentEvent event;
  event.environment_id = id;
  event.time = seen.last_at.value_or(seen.first_at.value_or(made));
  event.name = printable(seen.name, 100);
  event.message = printable(mask_credentials(seen.message), kLongestMessage);
  event.count = std::max(seen.count, 1);
  return with_id(std::move(event), rank_of(seen));
}

std::optional<WallTime> latest(const ContainerGroup& group, std::string_view name) {
  std::optional<WallTime> time;
  for (const ContainerEvent& event : group.events) {
    if (event.name == name && event.last_at) time = std::max(time.value_or(*event.last_at), *event.last_at);
  }
  return time;
}

// The first sign of what is wrong since the container started last.
std::optional<WallTime> first_failure(const ContainerGroup& group) {
  const WallTime started = latest(group, "Started").value_or(WallTime{});
  std::optional<WallTime> time;
  for (const ContainerEvent& event : group.events) {
    const bool counts =
        (event.failure || event.type == "Warning") && event.last_at && *event.last_at >= started;
    if (!counts) continue;
    const WallTime at = std::max(started, event.first_at.value_or(*event.last_at));
    time = std::min(time.value_or(at), at);
  }
  return time ? time : group.container_finished_at;
}

// Since when the status holds, by Azure's clock.
std::optional<WallTime> since(EnvironmentStatus status, const Observation& seen) {
  const WallTime made = facts_of(seen).created_at;
  const std::optional<WallTime> created = made == WallTime{} ? std::nullopt : std::optional(made);
  if (!seen.group) return created;
  const ContainerGroup& group = seen.group->state;
  switch (status) {
    case EnvironmentStatus::kCreating:
      return created;
    case EnvironmentStatus::kStarting:
      return std::max(latest(group, "Killing"), latest(group, "Pulling"));
    case EnvironmentStatus::kRunning:
      return group.container_started_at;
    case EnvironmentStatus::kStopped:
      return group.container_finished_at;
    case EnvironmentStatus::kError: {
      const auto failed = first_failure(group);
      return failed ? failed : group.container_started_at;
    }
    case EnvironmentStatus::kStopping:
    case EnvironmentStatus::kDeleting:
      return std::nullopt;
  }
  return std::nullopt;
}

// As Azure shows it: what this process is doing is not part of it, so that all agents see the same.
std::optional<EnvironmentEvent> status_event(const std::string& id, const Observation& seen, WallTime now) {
  const StatusView view = status_of(seen, InFlight::kNothing, now);
  const auto time = since(view.status, seen);
  if (!time) return std::nullopt;
  EnvironmentEvent event;
  event.environment_id = id;
  event.time = *time;
  event.type = EventType::kStatus;
  event.name = to_string(view.status);
  event.source = EventSource::kAgent;
  event = with_id(std::move(event), kStatusRank + static_cast<int>(view.status));
  // Not part of the id: the words for one status change while it lasts.
  if (view.status == EnvironmentStatus::kError)
    event.message = printable(mask_credentials(view.detail), kLongestMessage);
  return event;
}

EnvironmentEvent idle_stop_event(const std::string& id, const IdleStop& stop) {
  const auto idle = std::chrono::round<std::chrono::seconds>(stop.at - stop.since);
  EnvironmentEvent event;
  event.environment_id = id;
  event.time = stop.at;
  event.type = EventType::kActivity;
  event.name = "IdleStop";
  event.message = "stopped, because nobody has used it since " + format_rfc3339(stop.since) + ", for " +
                  std::to_string(idle.count()) + " s";
  event.source = EventSource::kAgent;
  return with_id(std::move(event), kActivityRank);
}

std::string words_of(const OperationRecord& record, std::size_t stage) {
  const std::string kind(to_string(record.about.kind));
  if (stage + 1 < record.stages.size() || !record.ended()) return kind;
  std::string text = kind + " " + to_lower(to_string(record.status));
  if (record.error) text += ": " + std::string(to_string(record.error->code)) + ": " + record.error->message;
  return printable(text, kLongestMessage);
}

}  // namespace

std::vector<EnvironmentEvent> events_of(const std::string& id, const Observation& seen, WallTime now) {
  std::vector<EnvironmentEvent> events;
  if (seen.group) {
    const WallTime made = seen.group->facts.created_at;
    for (const ContainerEvent& event : seen.group->state.events)
      events.push_back(container_event(id, event, made));
  }
  if (seen.group && seen.group->idle_stop && !is_mark_of_running(seen))
    events.push_back(idle_stop_event(id, *seen.group->idle_stop));
  if (seen.any() && !is_kept(seen)) {
    if (auto status = status_event(id, seen, now)) events.push_back(std::move(*status));
  }
  sort_events(events);
  return events;
}

EnvironmentEvent gone_event(const std::string& id, WallTime now) {
  EnvironmentEvent event;
  event.environment_id = id;
  event.time = now;
  event.type = EventType::kDone;
  event.name = "gone";
  event.message = "the environment is gone";
  event.source = EventSource::kAgent;
  return with_id(std::move(event), kDoneRank);
}

milliseconds watch_delay(const Observation& seen, WallTime now) {
  if (!seen.group) return seconds(2);
  const Phase phase = classify_group(seen.group->state, WallTime{}, now).phase;
  if (phase == Phase::kRunning) return seconds(5);
  return phase == Phase::kStopped ? seconds(10) : seconds(2);
}

}  // namespace dev8agent::internal::plan

namespace dev8agent {
inline namespace DEV8AGENT_ABI {

std::vector<EnvironmentEvent> stage_events(const OperationRecord& record,
                                           std::chrono::milliseconds azure_ahead) {
  using namespace internal::plan;
  std::vector<EnvironmentEvent> events;
  for (std::size_t i = 0; i < record.stages.size(); ++i) {
    EnvironmentEvent event;
    event.environment_id = record.about.environment_id;
    event.time = record.stages[i].started_at + azure_ahead;
    event.type = EventType::kStage;
    event.name = to_string(record.stages[i].stage);
    event.message = record.id;  // for the id: each operation has stages of its own
    event.source = EventSource::kAgent;
    event = with_id(std::move(event), std::min(static_cast<int>(i), kLastStageRank));
    event.message = words_of(record, i);
    events.push_back(std::move(event));
  }
  sort_events(events);
  return events;
}

}  // namespace DEV8AGENT_ABI
}  // namespace dev8agent
