// Log: the daemon's log. One JSON object per line on stderr, made and written by a thread of its own, so that
// a slow reader of stderr never holds up the agent. Any thread.
//
//   {"time":"2026-01-31T08:30:00.123Z","level":"info","event":"daemon.hangup","message":"..."}
//
// A record is an event and plain fields. Whoever writes a record names each field: nothing is logged because
// it happens to be in a request.
#pragma once

#include <functional>
#include <span>
#include <string_view>

#include "dev8agent/log.h"
#include "line_writer.h"
#include "log_entry.h"

namespace dev8agentd {

class Log {
 public:
  // Records below `level` (LOG_LEVEL) are left out. `on_drop` is called for each line that is dropped; see
  // LineWriter.
  Log(dev8agent::LogLevel level, std::function<void()> on_drop);

  // Queues a copy of the record, with the present time. Never waits; see LineWriter for what happens when the
  // reader is too slow.
  void write(const dev8agent::LogRecord& record) const;
  // The same for a record that is not put together.
  void write(dev8agent::LogLevel level, std::string_view event, std::span<const LogText> fields) const;

 private:
  dev8agent::LogLevel level_;
  LineWriter lines_;
};

}  // namespace dev8agentd
