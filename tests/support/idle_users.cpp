// The users of a seeded simulation, and what the idle stop owes them.
#include "support/idle_users.h"

#include <algorithm>

#include "base/time_format.h"
#include "plan/facts.h"

namespace dev8agent::test {

using namespace internal;
using std::chrono::seconds;

namespace {

constexpr seconds kReportEvery{30};
// A stop rests on a read of the last 3 s, which may show what was 7 s ago, and is up to 1.5 s on its way.
constexpr seconds kTooLate{12};

}  // namespace

IdleUsers::IdleUsers(std::uint64_t seed, bool slow)
    : random_(seed ^ 0x1d1e), slow_(slow), window_(240 + pick(600)) {}

seconds IdleUsers::pause() {
  return seconds(pick(3) == 0 ? pick(static_cast<std::uint64_t>(window_.count())) : 0);
}

seconds IdleUsers::latest_stop() const {
  return window_ + std::min(seconds(60), window_ / 4) + seconds(slow_ ? 120 : 5);
}

void IdleUsers::begin_run(Workspace& workspace, const emulator::GroupView& group, TimePoint now) {
  const std::uint64_t stopped_at = workspace.stopped_at;
  workspace = Workspace{};
  workspace.stopped_at = stopped_at;
  workspace.running = true;
  workspace.deployments = group.deployments;
  workspace.incarnation = group.incarnation;
  workspace.began = now;
  workspace.connected = pick(2) == 0;
  workspace.next_report = now + seconds(pick(30));
  workspace.supervisor_ahead = seconds(static_cast<int>(pick(2400)) - 1200);
}

void IdleUsers::note_tag(Workspace& workspace, const emulator::GroupView& group, const Moment& moment) const {
  const auto tag = plan::last_activity_in(group.tags);
  if (!tag) return;
  const TimePoint use = moment.now - (moment.azure_now - *tag);
  if (workspace.tags.empty() || workspace.tags.back().second != use)
    workspace.tags.emplace_back(moment.now, use);
}

// The container has been stopped, and nobody but the idle stop can have done it.
std::string IdleUsers::check_stop(const std::string& id, const Workspace& workspace,
                                  const Moment& moment) const {
  TimePoint used = workspace.began;
  for (const auto& [seen_at, use] : workspace.tags) {
    if (moment.now - seen_at > kTooLate) used = std::max(used, use);
  }
  for (const Told& told : workspace.told) {
    if (moment.now - told.told > seconds(slow_ ? 120 : 35)) used = std::max(used, told.used);
  }
  const auto idle = std::chrono::round<seconds>(moment.now - used);
  if (moment.now - used >= window_ - seconds(2)) return "";
  return id + " was stopped " + std::to_string(idle.count()) + " s after its last use; the window is " +
         std::to_string(window_.count()) + " s";
}

void IdleUsers::report(const std::string& id, Workspace& workspace, const Moment& moment,
                       const Replicas& replicas) {
  workspace.next_report = moment.now + kReportEvery;
  if (workspace.connected) workspace.used = moment.now;
  ActivityReport report;
  report.environment_id = id;
  report.timestamp = moment.azure_now + workspace.supervisor_ahead;
  report.snapshot.active_ide_connections = workspace.connected ? 1 : 0;
  if (workspace.used)
    report.snapshot.last_ide_activity = format_rfc3339(report.timestamp - (moment.now - *workspace.used));
  const int replica = static_cast<int>(pick(replicas.size()));
  generations_.resize(replicas.size());
  const auto about = std::pair(workspace.incarnation, workspace.deployments);
  const std::uint64_t generation = generations_[static_cast<std::size_t>(replica)];
  const auto used = workspace.used;
  workspace.connected = workspace.connected ? pick(100) >= 12 : pick(100) < 4;
  replicas[static_cast<std::size_t>(replica)]
      ->report_activity(std::move(report))
      .on_done([this, id, about, replica, generation, used](const Result<Done>& taken) {
        Workspace& now = workspaces_[id];
        const bool same = about == std::pair(now.incarnation, now.deployments);
        const bool alive = generation == generations_[static_cast<std::size_t>(replica)];
        if (taken.ok() && used && same && alive && !faults_) now.told.push_back({*used, now_, replica});
      });
}

std::vector<std::string> IdleUsers::step(const std::vector<emulator::GroupView>& groups, const Moment& moment,
                                         const Replicas& replicas) {
  std::vector<std::string> broken;
  now_ = moment.now;
  faults_ = moment.faults;
  std::map<std::string, const emulator::GroupView*> running;
  for (const auto& group : groups) {
    if (group.state == "Running" && group.container_state == "Running" && group.restarts == 0)
      running[group.name.substr(4)] = &group;
  }
  for (auto& [id, workspace] : workspaces_) {
    if (!workspace.running || running.contains(id)) continue;
    workspace.running = false;
    const bool stopped = std::any_of(groups.begin(), groups.end(), [name = "aci-" + id](const auto& group) {
      return group.name == name && group.state == "Stopped";
    });
    if (!stopped) continue;
    workspace.stopped_at = moment.event;
    if (moment.others_act(id)) continue;
    std::string violation = check_stop(id, workspace, moment);
    if (!violation.empty()) broken.push_back(std::move(violation));
  }
  for (const auto& [id, group] : running) {
    Workspace& workspace = workspaces_[id];
    const bool same =
        workspace.incarnation == group->incarnation && workspace.deployments == group->deployments;
    if (!workspace.running || !same) begin_run(workspace, *group, moment.now);
    note_tag(workspace, *group, moment);
    // Azure does not take the writes: what an agent knows need not reach the others.
    if (moment.faults) workspace.told.clear();
    if (!left_ && moment.now >= workspace.next_report) report(id, workspace, moment, replicas);
  }
  return broken;
}

void IdleUsers::crashed(int replica) {
  generations_.resize(std::max(generations_.size(), static_cast<std::size_t>(replica) + 1));
  ++generations_[static_cast<std::size_t>(replica)];
  for (auto& [id, workspace] : workspaces_)
    std::erase_if(workspace.told, [&](const Told& told) { return told.replica == replica; });
}

bool IdleUsers::stopped_since(const std::string& id, std::uint64_t event) const {
  const auto found = workspaces_.find(id);
  return found != workspaces_.end() && found->second.stopped_at >= event;
}

}  // namespace dev8agent::test
