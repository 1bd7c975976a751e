// Work on a scheduler's own thread, from the test's thread.
#pragma once

#include <functional>
#include <future>

#include "dev8agent/scheduler.h"

namespace dev8agent::test {

// Runs `work` on the loop and waits for it.
inline void on_loop(Scheduler& loop, std::function<void()> work) {
  std::promise<void> done;
  loop.post([&] {
    work();
    done.set_value();
  });
  done.get_future().wait();
}

}  // namespace dev8agent::test
