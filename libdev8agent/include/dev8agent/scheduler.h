// Scheduler: the seam to time. It tells the time, runs work at a given time, and owns the one loop thread on
// which all of an orchestrator's work runs. Programs use the default; tests pass a VirtualScheduler
// (emulator.h), whose clock jumps to the next timer, or one of their own.
//
// All work of one scheduler runs on one thread, one piece after the other, so the code behind it needs no
// locks. Work must not block: everything else would wait.
//
//   auto scheduler = dev8agent::make_default_scheduler();
//   if (!scheduler.ok()) return fail(scheduler.error());
//   (*scheduler)->post([] { std::puts("on the loop thread"); });
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

#include "dev8agent/export.h"
#include "dev8agent/result.h"

namespace dev8agent {
inline namespace DEV8AGENT_ABI {

// Monotonic time: waits and deadlines. It has no relation to the calendar.
using TimePoint = std::chrono::steady_clock::time_point;
// Calendar time, UTC: timestamps and signatures.
using WallTime = std::chrono::system_clock::time_point;

// Held through a shared_ptr by everything that runs on it. Several orchestrators may share one.
class DEV8AGENT_EXPORT Scheduler {
 public:
  using Work = std::function<void()>;  // must not throw
  using TimerId = std::uint64_t;       // unique within one scheduler; never 0

  virtual ~Scheduler() = default;

  // Monotonic time. Any thread.
  virtual TimePoint now() const = 0;
  // Calendar time. Any thread.
  virtual WallTime wall_now() const = 0;

  // Runs `work` soon on the loop thread, in the order of the calls; never from inside this call. Any thread.
  virtual void post(Work work) = 0;
  // Runs `work` once on the loop thread when now() >= due; never from inside this call, even when `due` has
  // passed. Timers run in the order of their times. Loop thread only.
  virtual TimerId call_at(TimePoint due, Work work) = 0;
  // After this returns, the timer's work does not run. Unknown ids are ignored. Loop thread only.
  virtual void cancel(TimerId id) = 0;
  // True on the loop thread. One without a thread of its own, which the program drives itself, says true
  // where it may be driven. Where this is true, Operation::get() and other waits for what has not ended yet
  // end the program: the loop would not go on meanwhile.
  virtual bool on_loop_thread() const = 0;
};

// The machine's clock and an event loop on a thread of its own, which ends with the last reference. Work
// posted before then still runs; timers do not. The thread blocks all signals. kInternal: the system has no
// descriptor or thread to spare.
DEV8AGENT_EXPORT Result<std::shared_ptr<Scheduler>> make_default_scheduler();

}  // namespace DEV8AGENT_ABI
}  // namespace dev8agent
