// One container as a process: started, read, started again by its group's restart policy, and stopped. It
// does nothing by itself: the runtime's thread waits for its descriptors and its next time, and calls it.
#pragma once

#include <poll.h>

#include <memory>
#include <optional>
#include <vector>

#include "arm/log_buffer.h"
#include "dev8agent/container_runtime.h"
#include "processes/probe.h"

namespace dev8agent::emulator {

// What is the same for all of a container's lives.
struct ContainerPlan {
  ContainerCommand command;
  std::shared_ptr<const ContainerUser> user;  // null: as this process
  ContainerRestart restart = ContainerRestart::kAlways;
  std::vector<ProbePlan> probes;
  std::chrono::milliseconds restart_delay{};  // before the first restart
};

// How long after `restarts` restarts the next one waits: it doubles each time, up to 5 minutes.
std::chrono::milliseconds restart_delay(std::chrono::milliseconds first, int restarts);

// Not thread-safe: the runtime calls it under its mutex. Destruction ends the container without waiting.
class ContainerProcess {
 public:
  // It starts at `due`, once tick() is called then.
  ContainerProcess(ContainerPlan plan, TimePoint due);
  ContainerProcess(ContainerProcess&&) = default;

  // What to wait for: descriptors are added, and the next time at which something is due is returned.
  std::optional<TimePoint> wait_for(std::vector<pollfd>& events) const;
  // Starts what is due, reads what has come, and notes an end.
  void tick(TimePoint now);
  // It ends, and is not started again.
  void stop();

  // A process of it is there.
  bool alive() const;
  const ContainerStatus& status() const { return status_; }
  const LogBuffer& log() const { return log_; }
  // Its guardian's; 0: it does not run.
  pid_t guardian() const { return guardian_ ? guardian_->process : 0; }
  // Puts a line of the emulator's own into the log.
  void note(const std::string& line, TimePoint now);

 private:
  void start(TimePoint now);
  void tick_probes(TimePoint now);
  // Asks it to end.
  void terminate();
  void read_output(TimePoint now);
  void read_report(TimePoint now);
  // Its first process has ended with this exit code.
  void note_end(int exit_code, TimePoint now);
  // All its processes have ended.
  void decide(TimePoint now);

  ContainerPlan plan_;
  std::optional<TimePoint> due_;  // of the next start; nothing: it runs, or is not to be started
  bool stopping_ = false;
  int good_until_ = 0;  // restarts before its last long life: they no longer make the delay longer
  std::optional<Guardian> guardian_;
  std::vector<Probe> probes_;  // in the order of plan_.probes
  ContainerStatus status_;
  LogBuffer log_;
};

}  // namespace dev8agent::emulator
