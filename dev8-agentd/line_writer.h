// LineWriter: writes lines to a descriptor on a thread of its own, so that a slow or blocked reader never
// holds up the callers. Any thread.
#pragma once

#include <functional>
#include <memory>
#include <string>

namespace dev8agentd {

// At most 4 MiB are queued. Lines beyond are dropped and counted, and the count is written when there is room
// again: losing lines is better than an agent that stands still.
class LineWriter {
 public:
  // Starts the thread. `descriptor` must stay open until the end of the process, because the thread may
  // outlive this object. `dropped_line` makes the line that says how many lines were dropped; it is called on
  // the thread. `on_drop` is called for each line that is dropped, on the thread of its write(), which holds
  // a lock meanwhile: it must be quick.
  LineWriter(
      int descriptor, std::function<std::string(std::size_t count)> dropped_line,
      std::function<void()> on_drop = [] {});
  // Waits at most 2 seconds for what is still queued. The rest is lost when the reader is blocked for longer.
  ~LineWriter();
  LineWriter(const LineWriter&) = delete;
  LineWriter& operator=(const LineWriter&) = delete;

  // Queues `line`, which has no line end. Never waits.
  void write(std::string line) const;

 private:
  struct State;
  // Shared with the thread, which may stay blocked in a write when this object goes.
  std::shared_ptr<State> state_;
};

}  // namespace dev8agentd
