// The picture of a rollout at a moment: see rollout.h. States and event names are those of recorded traffic
// and of Learn, "Azure Container Instances states".
#include "arm/rollout.h"

#include <algorithm>

namespace dev8agent::emulator {
namespace {

using std::chrono::seconds;

constexpr seconds kCycle{30};       // a crash loop's period, and that of repeated warnings
constexpr seconds kTerminated{10};  // within a crash cycle: dead, then waiting, then running briefly
constexpr seconds kRunsAgain{28};
constexpr int kMostCycles = 1000000;

// Images are pulled once the volumes are mounted.
TimePoint mounted_at(const Rollout& r) {
  return r.refused_from ? r.up - kCycle : r.accepted;
}
TimePoint pulling_at(const Rollout& r) {
  return mounted_at(r) + (r.up - mounted_at(r)) / 10;
}
TimePoint pulled_at(const Rollout& r) {
  return mounted_at(r) + (r.up - mounted_at(r)) * 6 / 10;
}

bool repeats(const Rollout& r) {
  return r.outcome == Deployment::kCrashLoop || r.outcome == Deployment::kImagePullBackOff ||
         r.outcome == Deployment::kMountFails;
}

int cycles(const Rollout& r, TimePoint now) {
  return static_cast<int>(std::min<std::int64_t>((now - r.up) / kCycle, kMostCycles));
}

TimePoint::duration within_cycle(const Rollout& r, TimePoint now) {
  return (now - r.up) % kCycle;
}

int crash_phase(const Rollout& r, TimePoint now) {
  const auto within = within_cycle(r, now);
  return within < kTerminated ? 0 : within < kRunsAgain ? 1 : 2;
}

void add_pull_events(const Rollout& r, TimePoint now, Progress& p) {
  if (r.outcome == Deployment::kMountFails || now < pulling_at(r)) return;
  p.container_events.push_back(
      {pulling_at(r), r.runs, "Pulling", "pulling image \"" + r.image + "\"", false});
  if (r.outcome == Deployment::kImagePullBackOff || now < pulled_at(r)) return;
  p.container_events.push_back(
      {pulled_at(r), r.runs, "Pulled", "Successfully pulled image \"" + r.image + "\"", false});
}

void add_start_events(const Rollout& r, Progress& p) {
  p.container_events.push_back({r.up, r.runs, "Created", "Created container", false});
  p.container_events.push_back({r.up, r.runs, "Started", "Started container", false});
}

void add_killing(const Rollout& r, TimePoint at, int count, Progress& p) {
  p.container_events.push_back(
      {at, count, "Killing", "Killing container " + r.container + " (platform initiated).", false});
}

void add_crash_loop(const Rollout& r, TimePoint now, Progress& p) {
  const int cycle = r.never_restarts ? 0 : cycles(r, now);
  const int phase = r.never_restarts ? 0 : crash_phase(r, now);
  const TimePoint began = r.up + kCycle * cycle;
  const ContainerState dead{"Terminated", began, began, 1, "Error"};
  p.restarts = phase == 2 ? cycle + 1 : cycle;
  p.current = dead;
  if (phase == 1) p.current = {"Waiting", std::nullopt, std::nullopt, std::nullopt, "CrashLoopBackOff"};
  if (phase == 2) p.current = {"Running", began + kRunsAgain, std::nullopt, std::nullopt, ""};
  if (phase > 0) p.previous = dead;
  if (r.never_restarts) {
    p.group_state = "Failed";
  } else {
    p.container_events.push_back(
        {began, cycle + 1, "BackOff", "Back-off restarting failed container", true, r.up});
  }
}

void add_running(const Rollout& r, TimePoint now, Progress& p) {
  p.group_state = "Running";
  p.addressed = true;
  p.current = {"Running", r.up, std::nullopt, std::nullopt, ""};
  add_start_events(r, p);
  if (r.outcome == Deployment::kCrashLoop) add_crash_loop(r, now, p);
}

void add_refused_mounts(TimePoint first, TimePoint until, Progress& p) {
  const int count = static_cast<int>((until - first) / kCycle) + 1;
  p.group_events.push_back({first + kCycle * (count - 1), count, "FailedMountAzureFileVolume",
                            "Failed to mount Azure File Volume.", true, first});
}

// What shows of a rollout that does not come up, from `up` on.
void add_trouble(const Rollout& r, TimePoint now, Progress& p) {
  const int count = repeats(r) ? cycles(r, now) + 1 : 1;
  const TimePoint last = r.up + kCycle * (count - 1);
  switch (r.outcome) {
    case Deployment::kNoCapacityAsync:
      p.group_events.push_back({r.up, 1, "InsufficientCapacity.", no_capacity_message(r.location), true});
      break;
    case Deployment::kMountFails:
      add_refused_mounts(r.up, now, p);
      break;
    case Deployment::kImagePullBackOff:
      p.current.detail = "ImagePullBackOff";
      p.container_events.push_back(
          {last, count, "Failed", "Failed to pull image \"" + r.image + "\": image not found", true, r.up});
      p.container_events.push_back(
          {last, count, "BackOff", "Back-off pulling image \"" + r.image + "\"", true, r.up});
      break;
    default:
      break;
  }
}

bool comes_up(const Rollout& r) {
  return r.outcome == Deployment::kWorks || r.outcome == Deployment::kCrashLoop;
}

}  // namespace

Progress progress(const Rollout& r, TimePoint now) {
  Progress p;
  const bool ended = now >= r.settled;
  p.provisioning_state = !ended        ? (r.in_place ? "Updating" : "Pending")
                         : comes_up(r) ? "Succeeded"
                                       : "Failed";
  p.group_state = "Pending";
  p.current = {"Waiting", std::nullopt, std::nullopt, std::nullopt, ""};
  if (r.runs > 1) add_killing(r, r.accepted, r.runs - 1, p);
  if (r.refused_from && now >= *r.refused_from) {
    // The attempt at `up` succeeds.
    add_refused_mounts(*r.refused_from, std::min(now, r.up - TimePoint::duration(1)), p);
  }
  add_pull_events(r, now, p);
  if (now < r.up) return p;
  if (comes_up(r)) {
    add_running(r, now, p);
  } else {
    add_trouble(r, now, p);
  }
  return p;
}

TimePoint next_attempt(TimePoint first, TimePoint possible) {
  if (possible <= first) return first;
  return first + kCycle * ((possible - first + kCycle - TimePoint::duration(1)) / kCycle);
}

Progress stopped_progress(const Rollout& r, TimePoint stopped) {
  Progress p = progress(r, stopped);
  ContainerState was = p.current;
  p.provisioning_state = "Succeeded";
  p.group_state = "Stopped";
  p.addressed = false;
  p.current = {"Terminated", was.started, stopped, std::nullopt, "Container stopped per client request"};
  p.previous = was;
  std::erase_if(p.container_events, [](const Event& e) { return e.name == "Killing"; });
  add_killing(r, stopped, r.runs, p);
  return p;
}

OperationState operation_state(const Rollout& r, TimePoint now) {
  if (r.canceled) return {"Canceled", "", ""};
  if (now < r.settled) return {"Pending", "", ""};
  if (comes_up(r)) return {"Succeeded", "", ""};
  // The code really is the word Failed, as in issue 2404 of Azure/Azure-Landing-Zones.
  if (r.outcome == Deployment::kNoCapacityAsync) return {"Failed", "Failed", no_capacity_message(r.location)};
  return {"Failed", "Failed",
          "The container group did not reach a successful provisioning state after '00:30:00'."};
}

std::string no_capacity_message(std::string_view location) {
  return "The requested resource is not available in the location '" + std::string(location) +
         "' at this moment. Please retry with a different resource request or in another location.";
}

}  // namespace dev8agent::emulator
