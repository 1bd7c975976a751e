// A rollout: one deployment, start or restart of a group's containers. All that Azure shows of it
// follows from these few moments, so nothing needs to run in the background. Sources: Learn, "Azure
// Container Instances states", and recorded traffic.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dev8agent/emulator.h"

namespace dev8agent::emulator {

// The times of a rollout that works, and what is shown in between:
//   accepted   Pending (Updating in place); the container Waiting; then events "Pulling", "Pulled"
//   up         Succeeded and Running, with the address; the operation ends (settled == up)
// One that does not come up shows its trouble from `up` on, and stays Pending until it fails at
// `settled`.
struct Rollout {
  Deployment outcome = Deployment::kWorks;  // how it turns out; fixed when it is accepted
  std::string operation_id;                 // a GUID, by which Operations finds it
  std::string location;
  std::string container;                  // the first one, which the events speak of
  std::string image;                      // of that container
  bool in_place = false;                  // a restart or update of running containers
  bool never_restarts = false;            // restart policy Never
  int runs = 1;                           // how often the containers ran in this place, this run included
  TimePoint accepted{};                   // when the request took effect
  TimePoint up{};                         // when the containers run, or when what went wrong shows
  TimePoint settled{};                    // when the operation ends
  std::optional<TimePoint> refused_from;  // from then until `up` its volumes cannot be mounted
  std::optional<TimePoint> canceled;      // when the group was deleted in the middle of it

  // True until the operation ends.
  bool in_progress(TimePoint now) const { return !canceled && now < settled; }
};

// One entry of an "events" list. Azure counts repetitions instead of listing them; both of its
// timestamps are `at` here.
struct Event {
  TimePoint at{};         // when it happened last
  int count = 1;          // how often it happened
  std::string_view name;  // "Pulling", "Started", "BackOff", ...
  std::string message;
  bool warning = false;              // type "Warning" instead of "Normal"
  std::optional<TimePoint> first{};  // nothing: it happened once, or earlier times are not known
};

// A "currentState" or "previousState" of a container. Members without a value are not shown.
struct ContainerState {
  std::string_view state;  // "Waiting", "Running" or "Terminated"
  std::optional<TimePoint> started;
  std::optional<TimePoint> finished;
  std::optional<int> exit_code;
  std::string_view detail;  // detailStatus: "CrashLoopBackOff"; may be empty
};

// The read-only side of a group at one moment, the same for all of its containers. Texts are
// Azure's words.
struct Progress {
  std::string_view provisioning_state;  // "Pending", "Updating", "Succeeded" or "Failed"
  std::string_view group_state;         // instanceView.state: "Pending", "Running", "Failed", "Stopped"
  bool addressed = false;               // ip and fqdn are known
  int restarts = 0;                     // restartCount: by the platform, after crashes
  ContainerState current;
  std::optional<ContainerState> previous;  // before the last crash or stop
  std::vector<Event> group_events;
  std::vector<Event> container_events;
};

// What is shown at `now`, which must not be before `accepted`. A cancellation changes nothing here.
// In a crash loop the container is Terminated for 10 s, Waiting for 18 s and Running for 2 s, again
// and again; with restart policy Never the group has failed after the first time.
Progress progress(const Rollout& rollout, TimePoint now);
// The same after a stop at `stopped`: it stays as it was then, with the container Terminated.
Progress stopped_progress(const Rollout& rollout, TimePoint stopped);

// What polling the operation shows. Status: "Pending", "Succeeded", "Failed" or "Canceled".
struct OperationState {
  std::string_view status;
  std::string error_code;  // empty unless it failed
  std::string error_message;
};
OperationState operation_state(const Rollout& rollout, TimePoint now);

// The first attempt to mount, of those that follow one at `first` every 30 s, that is not before `possible`.
TimePoint next_attempt(TimePoint first, TimePoint possible);

// The text with which Azure says that a location has no room, in refusals and in events.
std::string no_capacity_message(std::string_view location);

}  // namespace dev8agent::emulator
