// Writes lines to a descriptor on a thread of its own, so that a slow or blocked reader never holds up the
// callers. Any thread.
#pragma once

#include <functional>
#include <memory>
#include <string>

namespace dev8agentd {

class LineWriter {
 public:
  // `dropped_line` makes the line that says how many lines were dropped; it comes before the next one.
  LineWriter(int descriptor, std::function<std::string(std::size_t count)> dropped_line);
  // Waits at most 2 seconds for what is still queued; the rest is lost when the reader is blocked for longer.
  ~LineWriter();
  LineWriter(const LineWriter&) = delete;
  LineWriter& operator=(const LineWriter&) = delete;

  // Queues `line` without its end. Never waits: when 4 MiB are queued, it drops the line and counts it.
  void write(std::string line) const;

 private:
  struct State;
  // Shared with the thread, which may stay blocked in a write when this object goes.
  std::shared_ptr<State> state_;
};

}  // namespace dev8agentd
