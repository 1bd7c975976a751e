// From lives to states and events: see run_progress.h.
#include "arm/run_progress.h"

#include <algorithm>

namespace dev8agent::emulator {
namespace {

std::string_view detail_of(const ContainerLife& life) {
  return life.exit_code == 0 ? "Completed" : "Error";
}

ContainerState state_of(const ContainerLife& life) {
  if (!life.finished) return {"Running", life.started, std::nullopt, std::nullopt, ""};
  return {"Terminated", life.started, life.finished, life.exit_code, detail_of(life)};
}

void show_states(const ContainerStatus& status, std::optional<TimePoint> stopped, Progress& progress) {
  progress.restarts = status.restarts;
  progress.current = {"Waiting", std::nullopt, std::nullopt, std::nullopt, ""};
  progress.previous.reset();
  if (!status.current) return;
  progress.current = state_of(*status.current);
  if (status.previous) progress.previous = state_of(*status.previous);
  if (stopped) {
    progress.previous = progress.current;
    progress.current.state = "Terminated";
    progress.current.finished = stopped;
    progress.current.exit_code.reset();
    progress.current.detail = "Container stopped per client request";
  } else if (status.backing_off) {
    progress.previous = progress.current;
    progress.current = {"Waiting", std::nullopt, std::nullopt, std::nullopt, "CrashLoopBackOff"};
  }
}

// Created and Started count the lives; each end but the last is a Killing, or a BackOff.
void show_events(const ContainerStatus& status, const std::string& name, Progress& progress) {
  auto& events = progress.container_events;
  std::erase_if(events,
                [](const Event& event) { return event.name == "Created" || event.name == "Started"; });
  if (!status.current) return;
  const int lives = status.restarts + 1;
  const TimePoint started = status.current->started;
  events.push_back({started, lives, "Created", "Created container", false});
  events.push_back({started, lives, "Started", "Started container", false});
  if (status.probe_failed)
    events.push_back({*status.probe_failed, status.probes_failed, "Unhealthy",
                      "Probe of container " + name + " failed", true});
  if (status.probe_ended_it)
    events.push_back({*status.probe_ended_it, status.probes_ended_it, "Killing",
                      "Container " + name + " failed liveness probe, will be restarted", false});
  if (status.backing_off)
    events.push_back(
        {*status.current->finished, lives, "BackOff", "Back-off restarting failed container " + name, true});
}

// All have ended for good: one that failed makes the group fail.
void show_group(const std::vector<ContainerStatus>& containers, Progress& progress) {
  const bool ended = std::all_of(containers.begin(), containers.end(),
                                 [](const ContainerStatus& status) { return status.ended; });
  if (!ended) return;
  const bool failed = std::any_of(containers.begin(), containers.end(), [](const ContainerStatus& status) {
    return status.current && status.current->exit_code != 0;
  });
  progress.group_state = failed ? "Failed" : "Succeeded";
}

}  // namespace

void show_run(const std::vector<ContainerStatus>& containers, std::size_t shown, const std::string& name,
              std::optional<TimePoint> stopped, Progress& progress) {
  const ContainerStatus& status = containers[shown];
  show_states(status, stopped, progress);
  show_events(status, name, progress);
  if (!stopped) show_group(containers, progress);
}

}  // namespace dev8agent::emulator
