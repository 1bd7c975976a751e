// What a container has written: kept with its group, shown by the logs of Microsoft.ContainerInstance.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "core/moment.h"
#include "dev8agent/container_runtime.h"

namespace dev8agent::emulator {

class LogBuffer {
 public:
  LogBuffer() = default;
  explicit LogBuffer(std::vector<LogLine> lines) : lines_(lines.begin(), lines.end()) {}

  // Appends `text`, which need not end with a line. A line of more than 16 KB is cut into several. Of all
  // that was written, the last 4 MB are kept.
  void write(std::string_view text, TimePoint now);
  // A new container begins with an empty log.
  void clear();
  // The last `tail` lines.
  std::vector<LogLine> last(std::size_t tail) const;

  // The last `tail` lines of those that Azure keeps: 4 MB of a running container, 1000 lines and 16 KB of one
  // that was stopped. `stamped`: each line with its time before it.
  std::string text(std::size_t tail, bool stamped, bool stopped, const Moment& moment) const;

 private:
  std::deque<LogLine> lines_;
  std::size_t bytes_ = 0;  // of the lines
};

}  // namespace dev8agent::emulator
