// What a container has written: kept with its group, shown by the logs of Microsoft.ContainerInstance.
#pragma once

#include <deque>
#include <string>
#include <string_view>

#include "core/moment.h"

namespace dev8agent::emulator {

class LogBuffer {
 public:
  // Appends `text`, which need not end with a line.
  void write(std::string_view text, TimePoint now);
  // A new container begins with an empty log.
  void clear() { lines_.clear(); }

  // The last `tail` lines of those that Azure keeps: 4 MB of a running container, 1000 lines and 16 KB of one
  // that was stopped. `stamped`: each line with its time before it.
  std::string text(std::size_t tail, bool stamped, bool stopped, const Moment& moment) const;

 private:
  struct Line {
    TimePoint at{};
    std::string text;  // without its end
    bool whole = false;
  };
  std::deque<Line> lines_;
};

}  // namespace dev8agent::emulator
