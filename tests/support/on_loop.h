// Work on a scheduler's own thread, from the test's thread. For tests of the default
// event loop.
#pragma once

#include <functional>
#include <future>

#include "dev8agent/scheduler.h"

namespace dev8agent::test {

// Runs `work` on the loop and waits for it, without a limit. Not from the loop thread
// itself: it would wait for itself.
inline void on_loop(Scheduler& loop, std::function<void()> work) {
  std::promise<void> done;
  loop.post([&] {
    work();
    done.set_value();
  });
  done.get_future().wait();
}

}  // namespace dev8agent::test
