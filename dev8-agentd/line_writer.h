// LineWriter: writes lines to a descriptor on a thread of its own, so that a slow or blocked reader never
// holds up the callers. Any thread.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace dev8agentd {

// At most 4 MiB are queued. Entries beyond, and those that cannot be written because the disk is full or the
// reader has gone, are dropped and counted, and the count is written with the next lines: losing lines is
// better than an agent that stands still. The thread takes what has come within 2 ms at once, so that it is
// woken seldom under load.
class LineWriter {
 public:
  // All are called on the thread. `on_drop` is called for each entry that is dropped, on that thread or on
  // the one of its write(), under a lock: it must be quick. Not after the destructor.
  struct Hooks {
    // Appends the line of an entry, with its line end, to `text`.
    std::function<void(std::string_view entry, std::string& text)> format;
    // Makes the line, without line end, that says how many entries were dropped.
    std::function<std::string(std::size_t count)> dropped_line;
    std::function<void()> on_drop = [] {};
  };

  // How long the end of a writer waits for the lines that are still queued.
  struct Patience {
    std::chrono::milliseconds quiet = std::chrono::seconds(2);    // while the thread writes nothing
    std::chrono::milliseconds longest = std::chrono::seconds(5);  // in all
  };

  // Starts the thread. `descriptor` must stay open until the end of the process, because the thread may
  // outlive this object.
  LineWriter(int descriptor, Hooks hooks, Patience patience);
  LineWriter(int descriptor, Hooks hooks) : LineWriter(descriptor, std::move(hooks), Patience()) {}
  // Waits for what is still queued, as long as its Patience says. The rest is lost when the reader is blocked
  // for longer.
  ~LineWriter();
  LineWriter(const LineWriter&) = delete;
  LineWriter& operator=(const LineWriter&) = delete;

  // Queues a copy of `entry`, which may hold any bytes. Never waits.
  void write(std::string_view entry) const;

 private:
  struct State;
  const Patience patience_;
  // Shared with the thread, which may stay blocked in a write when this object goes.
  std::shared_ptr<State> state_;
  std::thread thread_;
};

}  // namespace dev8agentd
