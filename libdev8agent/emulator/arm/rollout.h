// One (re)start of a group's containers: accepted, then in progress, then finished. Its state at any moment
// follows from the times in it alone, so that nothing has to run for the state to change.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dev8agent/emulator.h"

namespace dev8agent::emulator {

struct Rollout {
  Deployment outcome = Deployment::kWorks;
  std::string operation_id;
  std::string location;
  std::string container;  // the first one, which the events speak of
  std::string image;
  bool in_place = false;        // a restart or update of running containers
  bool never_restarts = false;  // restart policy Never
  int runs = 1;                 // how often the containers ran in this place, this run included
  TimePoint accepted{};
  TimePoint up{};       // when the containers run, or when what went wrong shows
  TimePoint settled{};  // when the operation ends
  std::optional<TimePoint> canceled;

  bool in_progress(TimePoint now) const { return !canceled && now < settled; }
};

struct Event {
  TimePoint at{};  // when it happened last
  int count = 1;
  std::string_view name;
  std::string message;
  bool warning = false;
  std::optional<TimePoint> first{};  // nothing: it happened once, or earlier times are not known
};

struct ContainerState {
  std::string_view state;
  std::optional<TimePoint> started;
  std::optional<TimePoint> finished;
  std::optional<int> exit_code;
  std::string_view detail;
};

// The read-only side of a group.
struct Progress {
  std::string_view provisioning_state;
  std::string_view group_state;
  bool addressed = false;  // ip and fqdn are known
  int restarts = 0;
  ContainerState current;
  std::optional<ContainerState> previous;
  std::vector<Event> group_events;
  std::vector<Event> container_events;
};

Progress progress(const Rollout& rollout, TimePoint now);
// The same after a stop at `stopped`.
Progress stopped_progress(const Rollout& rollout, TimePoint stopped);

// What polling the operation shows.
struct OperationState {
  std::string_view status;
  std::string error_code;  // empty unless it failed
  std::string error_message;
};
OperationState operation_state(const Rollout& rollout, TimePoint now);

std::string no_capacity_message(std::string_view location);

}  // namespace dev8agent::emulator
