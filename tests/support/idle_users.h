// IdleUsers: the users of the workspaces of a seeded simulation, their supervisors, and
// the promise of the idle stop: never stops what reported use within its window.
#pragma once

#include <functional>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "support/world.h"

namespace dev8agent::test {

// People connect and leave at random. The supervisor of each container that runs
// reports every 30 s to a random replica, by a clock that may be wrong. Call step()
// after every piece of work of the virtual clock.
class IdleUsers {
 public:
  using Replicas = std::vector<std::unique_ptr<EnvironmentOrchestrator>>;
  // What the simulation knows of this moment.
  struct Moment {
    TimePoint now{};
    WallTime azure_now{};
    std::uint64_t event = 0;                             // number of the step
    bool faults = false;                                 // requests meet random faults
    std::function<bool(const std::string&)> others_act;  // an operation may act on this id
  };

  // `slow`: requests and answers may be late, and reads may show the past.
  IdleUsers(std::uint64_t seed, bool slow);

  std::chrono::seconds window() const { return window_; }
  // How long the simulation waits before its next operation.
  std::chrono::seconds pause();
  // How long after the last report everything has to be stopped.
  std::chrono::seconds latest_stop() const;

  // Notes what runs, sends the reports that are due, and returns the broken promises.
  std::vector<std::string> step(const std::vector<emulator::GroupView>& groups, const Moment& moment,
                                const Replicas& replicas);
  // The process of a replica has ended: what it had not written is lost.
  void crashed(int replica);
  // Everybody leaves; no more reports.
  void leave() { left_ = true; }
  // The container was stopped, by whomever, in or after the step `event`.
  bool stopped_since(const std::string& id, std::uint64_t event) const;

 private:
  // A report that a replica has taken.
  struct Told {
    TimePoint used{};
    TimePoint told{};
    int replica = 0;
  };
  // A container's run, its user and its supervisor.
  struct Workspace {
    bool running = false;
    int deployments = 0;
    std::uint64_t incarnation = 0;
    TimePoint began{};
    bool connected = false;
    std::optional<TimePoint> used{};
    TimePoint next_report{};
    std::chrono::seconds supervisor_ahead{0};
    std::vector<Told> told;
    std::vector<std::pair<TimePoint, TimePoint>> tags;  // seen first at, use that it tells of
    std::uint64_t stopped_at = 0;                       // the step of the last stop
  };

  std::uint64_t pick(std::uint64_t below) { return random_() % below; }
  void begin_run(Workspace& workspace, const emulator::GroupView& group, TimePoint now);
  void note_tag(Workspace& workspace, const emulator::GroupView& group, const Moment& moment) const;
  std::string check_stop(const std::string& id, const Workspace& workspace, const Moment& moment) const;
  void report(const std::string& id, Workspace& workspace, const Moment& moment, const Replicas& replicas);

  std::mt19937_64 random_;
  bool slow_;
  bool left_ = false;
  std::chrono::seconds window_;
  TimePoint now_{};
  bool faults_ = false;
  std::vector<std::uint64_t> generations_;  // by replica: how often it has crashed
  std::map<std::string, Workspace> workspaces_;
};

}  // namespace dev8agent::test
