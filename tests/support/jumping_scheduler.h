// JumpingScheduler: a clock that a test moves on. Between two jumps it goes as the machine's does. The
// emulated Azure of a test gets it, so that something which takes Azure minutes is under way for as long as
// the test looks at it, and has ended when the test wants it to.
#pragma once

#include <atomic>
#include <memory>
#include <utility>

#include "dev8agent/scheduler.h"

namespace dev8agent::test {

// Wraps another scheduler, which it keeps alive, and whose loop thread is its own.
class JumpingScheduler final : public Scheduler {
 public:
  explicit JumpingScheduler(std::shared_ptr<Scheduler> steady) : steady_(std::move(steady)) {}

  // Both clocks are ahead by `span` more from now on. Timers that were set before stay where they are. Any
  // thread.
  void jump(std::chrono::seconds span) { ahead_ += span.count(); }

  TimePoint now() const override { return steady_->now() + ahead(); }
  WallTime wall_now() const override { return steady_->wall_now() + ahead(); }
  void post(Work work) override { steady_->post(std::move(work)); }
  TimerId call_at(TimePoint due, Work work) override {
    return steady_->call_at(due - ahead(), std::move(work));
  }
  void cancel(TimerId id) override { steady_->cancel(id); }
  bool on_loop_thread() const override { return steady_->on_loop_thread(); }

 private:
  std::chrono::seconds ahead() const { return std::chrono::seconds(ahead_); }

  std::shared_ptr<Scheduler> steady_;  // tells the machine's time
  std::atomic<std::chrono::seconds::rep> ahead_{0};
};

}  // namespace dev8agent::test
