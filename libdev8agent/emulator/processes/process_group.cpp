// The thread's rounds, and the handle of a launch: see process_group.h.
#include "processes/process_group.h"

#include <sys/eventfd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>

namespace dev8agent::emulator {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kBetweenLooks{1};  // at who listens where

class Run final : public ContainerRun {
 public:
  Run(std::shared_ptr<Launches> launches, std::shared_ptr<ProcessGroup> group)
      : launches_(std::move(launches)), group_(std::move(group)) {}
  ~Run() override { launches_->stop(*group_); }

  std::string address() const override { return group_->address->address(); }
  std::vector<ContainerStatus> status() const override {
    const std::lock_guard lock(launches_->mutex());
    std::vector<ContainerStatus> all;
    for (const ContainerProcess& container : group_->containers) all.push_back(container.status());
    return all;
  }
  std::vector<LogLine> log(std::size_t container, std::size_t tail) const override {
    const std::lock_guard lock(launches_->mutex());
    return group_->containers.at(container).log().last(tail);
  }
  void stop() override { launches_->stop(*group_); }
  const std::shared_ptr<const AddressClaim>& claim() const { return group_->address; }

 private:
  std::shared_ptr<Launches> launches_;
  std::shared_ptr<ProcessGroup> group_;
};

// Rounded up, so that what is due is due when poll() returns.
int milliseconds_until(TimePoint due, TimePoint now) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(due - now).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 1'000'000'000));
}

// The shorter of two times to wait; the first may be < 0, without end.
int sooner(int timeout, int other) {
  return timeout < 0 ? other : std::min(timeout, other);
}

void remove_directories(const std::vector<std::string>& directories) {
  std::error_code ignored;  // what stays is removed with everything else
  for (const std::string& directory : directories) std::filesystem::remove_all(directory, ignored);
}

}  // namespace

ProcessGroup::~ProcessGroup() {
  remove_directories(directories);
}

bool ProcessGroup::alive() const {
  return std::any_of(containers.begin(), containers.end(),
                     [](const ContainerProcess& container) { return container.alive(); });
}

bool ProcessGroup::over() const {
  return std::all_of(containers.begin(), containers.end(), [](const ContainerProcess& container) {
    return !container.alive() && container.status().ended;
  });
}

void ProcessGroup::stop() {
  for (ContainerProcess& container : containers) container.stop();
}

std::shared_ptr<Launches> Launches::make() {
  Descriptor wake(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  return wake ? std::make_shared<Launches>(std::move(wake)) : nullptr;
}

std::shared_ptr<ContainerRun> Launches::add(std::shared_ptr<ProcessGroup> group) {
  const std::lock_guard lock(mutex_);
  for (const auto& earlier : groups_) {
    if (earlier->id == group->id) earlier->stop();
  }
  if (ending_) group->stop();
  groups_.push_back(group);
  wake();
  return std::make_shared<Run>(shared_from_this(), std::move(group));
}

std::shared_ptr<const AddressClaim> Launches::claim_of(const ContainerRun& run) {
  const auto* own = dynamic_cast<const Run*>(&run);
  return own ? own->claim() : nullptr;
}

void Launches::end() {
  const std::lock_guard lock(mutex_);
  for (const auto& group : groups_) group->stop();
  ending_ = true;
  wake();
}

void Launches::stop(ProcessGroup& group) {
  const std::lock_guard lock(mutex_);
  group.stop();
  wake();
}

void Launches::wake() const {
  eventfd_write(wake_.get(), 1);
}

void Launches::run() {
  std::vector<pollfd> events;
  ListenerWatch watch;
  TimePoint look_due{};
  for (;;) {
    std::vector<std::string> left;
    int timeout = round(events, left);
    remove_directories(left);
    if (events.empty()) return;
    const bool any_runs = events.size() > 1;
    if (any_runs) timeout = sooner(timeout, milliseconds_until(look_due, steady_clock::now()));
    poll(events.data(), events.size(), timeout);
    eventfd_t ignored = 0;
    eventfd_read(wake_.get(), &ignored);
    if (!any_runs || steady_clock::now() < look_due) continue;
    end_exposed(watch);
    look_due = steady_clock::now() + kBetweenLooks;
  }
}

std::vector<pid_t> Launches::guardians() const {
  const std::lock_guard lock(mutex_);
  std::vector<pid_t> all;
  for (const auto& group : groups_) {
    for (const ContainerProcess& container : group->containers) {
      if (container.guardian() > 0) all.push_back(container.guardian());
    }
  }
  return all;
}

void Launches::end_exposed(ListenerWatch& watch) {
  const auto exposed = watch.look([this] { return guardians(); });
  const std::lock_guard lock(mutex_);
  for (const ExposedProcess& one : exposed) {
    for (const auto& group : groups_) {
      for (ContainerProcess& container : group->containers) {
        if (container.guardian() != one.guardian) continue;
        kill(one.process, SIGKILL);
        container.note("killed process " + std::to_string(one.process) + " (" + one.program +
                           "): it listened on " + one.address + ", and not on this machine's " +
                           group->address->address() + " (DEV8_ADDRESS) or localhost",
                       steady_clock::now());
      }
    }
  }
}

int Launches::round(std::vector<pollfd>& events, std::vector<std::string>& left) {
  const std::lock_guard lock(mutex_);
  events.assign(1, {wake_.get(), POLLIN, 0});
  const TimePoint now = steady_clock::now();
  int timeout = -1;
  for (const auto& group : groups_) {
    if (must_wait(*group)) continue;
    for (ContainerProcess& container : group->containers) {
      container.tick(now);
      const auto due = container.wait_for(events);
      if (due) timeout = sooner(timeout, milliseconds_until(*due, now));
    }
  }
  const std::size_t before = groups_.size();
  std::erase_if(groups_, [&left](const auto& group) {
    if (!group->over()) return false;
    left.insert(left.end(), group->directories.begin(), group->directories.end());
    group->directories.clear();
    return true;
  });
  if (groups_.size() != before) timeout = 0;  // one may have waited for that
  if (ending_ && groups_.empty()) events.clear();
  return timeout;
}

bool Launches::must_wait(const ProcessGroup& group) const {
  for (const auto& earlier : groups_) {
    if (earlier.get() == &group) return false;
    if (earlier->id == group.id && earlier->alive()) return true;
  }
  return false;
}

}  // namespace dev8agent::emulator
