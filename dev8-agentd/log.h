// The daemon's log: one JSON object per line on stderr, written by a thread of its own so that a slow reader
// of stderr never holds up the agent. Records are an event and an allow-list of plain fields. Any thread.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "dev8agent/log.h"

namespace spdlog {
class logger;
}

namespace dev8agentd {

class Log {
 public:
  // Records below `level` are dropped.
  explicit Log(dev8agent::LogLevel level);
  // Writes what is still queued.
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  void write(const dev8agent::LogRecord& record) const;

 private:
  dev8agent::LogLevel level_;
  std::shared_ptr<spdlog::logger> logger_;
};

}  // namespace dev8agentd
