// Log: the daemon's log. One JSON object per line on stderr, written by a thread of its own, so that a slow
// reader of stderr never holds up the agent. Any thread.
//
//   {"time":"2026-01-31T08:30:00.123Z","level":"info","event":"daemon.hangup","message":"..."}
//
// A record is an event and plain fields. Whoever writes a record names each field: nothing is logged because
// it happens to be in a request.
#pragma once

#include <functional>

#include "dev8agent/log.h"
#include "line_writer.h"

namespace dev8agentd {

class Log {
 public:
  // Records below `level` (LOG_LEVEL) are left out. `on_drop` is called for each line that is dropped; see
  // LineWriter.
  Log(dev8agent::LogLevel level, std::function<void()> on_drop);

  // Queues the line. Never waits; see LineWriter for what happens when the reader is too slow.
  void write(const dev8agent::LogRecord& record) const;

 private:
  dev8agent::LogLevel level_;
  LineWriter lines_;
};

// The JSON object of `record`, with the present time. Fields that count something (attempts, bytes, count,
// durationMs, status) are numbers, all others are strings.
std::string to_json(const dev8agent::LogRecord& record);

}  // namespace dev8agentd
