// OccasionalLog: a warning that may be due thousands of times a second, and is written at most once a minute.
// The first one is written at once. Event loop's thread; not thread-safe.
//
//   OccasionalLog crowding(log, "connections.full");
//   crowding.note(now, "made_room");  // a line, or one more in the count
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "dev8agent/log.h"

namespace dev8agentd {

// One object for each kind of warning. What is due within the minute after a line is counted, and shown with
// the next line; there is no line of its own for it.
class OccasionalLog {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // `log` must not be null. `event` is the record's name, such as "connections.full".
  OccasionalLog(dev8agent::Logger log, std::string event) : log_(std::move(log)), event_(std::move(event)) {}

  // The warning is due, because of `cause`. The line has the cause of this call and the number of times since
  // the last line, this one included.
  void note(TimePoint now, const std::string& cause);

 private:
  dev8agent::Logger log_;
  std::string event_;
  std::optional<TimePoint> last_;  // when the last line was written
  long count_ = 0;                 // since the last line
};

}  // namespace dev8agentd
