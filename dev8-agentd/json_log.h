// The daemon's log: one JSON object per line on stderr, written by a thread of its own so that a slow reader
// of stderr never holds up the agent. Records are an event and an allow-list of plain fields. Any thread.
#pragma once

#include "dev8agent/log.h"
#include "line_writer.h"

namespace dev8agentd {

class Log {
 public:
  // Records below `level` are left out.
  explicit Log(dev8agent::LogLevel level);

  void write(const dev8agent::LogRecord& record) const;

 private:
  dev8agent::LogLevel level_;
  LineWriter lines_;
};

// The JSON object of `record`. Fields that count something are numbers.
std::string to_json(const dev8agent::LogRecord& record);

}  // namespace dev8agentd
