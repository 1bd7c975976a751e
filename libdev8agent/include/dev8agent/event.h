// EnvironmentEvent: what happens to an environment, in one order that every agent agrees on. Container events
// and the status come from Azure, with Azure's times; the stages of an operation come from the process that
// runs it. An event's id holds its time and its place, so whoever has seen one event can ask any agent for
// what comes after it. Plain values; any thread.
//
//   auto page = orchestrator.events({.id = "workspace-0001"}).get();
//   for (const auto& event : page.value().events) std::puts(event.message.c_str());
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "dev8agent/export.h"
#include "dev8agent/operation_record.h"
#include "dev8agent/scheduler.h"

namespace dev8agent {
inline namespace DEV8AGENT_ABI {

// kStage: an operation has come to a stage. kContainer: Azure reports of the container. kStatus: the
// environment's status. kActivity: it was stopped because nobody used it. kDone: the environment is gone;
// nothing comes after it.
enum class EventType { kStage, kContainer, kStatus, kActivity, kDone };
// Who has seen it.
enum class EventSource { kAgent, kAzure };

// The lower-case word of the REST contract, such as "container".
DEV8AGENT_EXPORT std::string_view to_string(EventType type);
DEV8AGENT_EXPORT std::string_view to_string(EventSource source);

// Something that has happened to an environment.
struct EnvironmentEvent {
  std::string id{};  // unique among all events of all environments; see comes_after()
  std::string environment_id{};
  WallTime time{};  // in whole milliseconds, by Azure's clock
  EventType type = EventType::kContainer;
  std::string name{};     // "Pulling", "Started", a stage, or a status
  std::string message{};  // for people; may be empty
  int count = 1;          // how often Azure saw it; `time` is that of the last time
  EventSource source = EventSource::kAzure;

  bool operator==(const EnvironmentEvent&) const = default;
};

// True when `id` is an event's id.
DEV8AGENT_EXPORT bool is_event_id(std::string_view id);
// True when the event `id` comes after the event `last`; an empty `last` comes before all. Both are events'
// ids.
DEV8AGENT_EXPORT bool comes_after(std::string_view id, std::string_view last);
// Puts the events into their order, oldest first, each id once.
DEV8AGENT_EXPORT void sort_events(std::vector<EnvironmentEvent>& events);

// The events of one environment, oldest first.
struct EventPage {
  std::string environment_id{};
  std::vector<EnvironmentEvent> events{};
  // How far Azure's clock is ahead of this machine's; zero while they differ by 5 s at most.
  std::chrono::milliseconds azure_ahead{0};
  bool gone = false;  // the last event says that the environment is gone
};

// The stages of an operation as events. `azure_ahead` as in EventPage.
DEV8AGENT_EXPORT std::vector<EnvironmentEvent> stage_events(const OperationRecord& record,
                                                            std::chrono::milliseconds azure_ahead);

// One of the environments that there are.
struct ListedEnvironment {
  std::string id{};
  std::string cloud_region{};
  std::string user_id{};
};

// Which environment's events.
struct EventsRequest {
  std::string id{};
  std::string cloud_region{};  // empty: found among the enabled regions
};

}  // namespace DEV8AGENT_ABI
}  // namespace dev8agent
