// A warning that may be due thousands of times a second and is written at most once a minute, with how often
// it was due. Not thread-safe.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "dev8agent/log.h"

namespace dev8agentd {

class OccasionalLog {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  OccasionalLog(dev8agent::Logger log, std::string event) : log_(std::move(log)), event_(std::move(event)) {}

  void note(TimePoint now, const std::string& cause);

 private:
  dev8agent::Logger log_;
  std::string event_;
  std::optional<TimePoint> last_;
  long count_ = 0;  // since the last line
};

}  // namespace dev8agentd
