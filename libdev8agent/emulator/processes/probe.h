// A probe of a running container: asks again and again whether it is well.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "dev8agent/container_runtime.h"
#include "processes/http_attempt.h"
#include "processes/spawn.h"

namespace dev8agent::emulator {

// What a probe does, for all lives of its container.
struct ProbePlan {
  ContainerProbe probe;
  std::string address;
  ContainerCommand command;                   // of a probe that runs one
  std::shared_ptr<const ContainerUser> user;  // null: as this process
};

// Like ContainerProcess, it does nothing by itself.
class Probe {
 public:
  explicit Probe(ProbePlan plan) : plan_(std::move(plan)) {}
  Probe(Probe&&) = default;

  // The container has started, or has ended.
  void begin(TimePoint now);
  void end();

  // See ContainerProcess.
  std::optional<TimePoint> wait_for(std::vector<pollfd>& events) const;
  // Goes on. True when the container has just failed as often in a row as the probe allows.
  bool tick(TimePoint now);
  // A process of it is there.
  bool alive() const { return guardian_.has_value(); }
  // How often it has failed in all, and when last.
  int failures() const { return failures_; }
  std::optional<TimePoint> failed_at() const { return failed_at_; }

 private:
  void attempt(TimePoint now);
  // What has become of the attempt; nothing: it goes on.
  std::optional<bool> verdict(TimePoint now);
  // The exit of a command, while it is awaited.
  std::optional<bool> read_report();

  ProbePlan plan_;
  std::optional<TimePoint> next_;      // of the next attempt
  std::optional<TimePoint> deadline_;  // of the attempt under way
  std::optional<HttpAttempt> http_;
  std::optional<Guardian> guardian_;  // also of an attempt that came to nothing, until it has ended
  int in_a_row_ = 0;
  int failures_ = 0;
  std::optional<TimePoint> failed_at_;
};

}  // namespace dev8agent::emulator
