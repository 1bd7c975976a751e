// Scheduler: the seam to time. Tells the time, waits for it, and owns the one loop thread on which all
// of an orchestrator's work runs. Real programs take the default; tests pass a VirtualScheduler
// (emulator.h), or one of their own.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

namespace dev8agent {

using TimePoint = std::chrono::steady_clock::time_point;
using WallTime = std::chrono::system_clock::time_point;

class Scheduler {
 public:
  using Work = std::function<void()>;
  using TimerId = std::uint64_t;

  virtual ~Scheduler() = default;

  // Monotonic time, for waits and deadlines. Any thread.
  virtual TimePoint now() const = 0;
  // Wall-clock time, UTC, for timestamps and signatures. Any thread.
  virtual WallTime wall_now() const = 0;

  // Runs `work` soon on the loop thread, in the order of the calls. Any thread.
  virtual void post(Work work) = 0;
  // Runs `work` on the loop thread when now() >= due; never from inside this call. Loop thread only.
  virtual TimerId call_at(TimePoint due, Work work) = 0;
  // After this returns, the timer's work does not run. Unknown ids are ignored. Loop thread only.
  virtual void cancel(TimerId id) = 0;
  // True on the loop thread, and in a scheduler without a thread of its own everywhere.
  virtual bool on_loop_thread() const = 0;
};

// The machine's clock and an event loop on a thread of its own, which ends with the last reference. Work
// posted before then still runs; timers do not.
std::shared_ptr<Scheduler> make_default_scheduler();

}  // namespace dev8agent
