// SkewedScheduler: the clock of a machine that is set wrong. The same time goes by, and
// another time of day is shown. Tests give it to an agent to show that waits and
// deadlines do not depend on the calendar.
#pragma once

#include <memory>
#include <utility>

#include "dev8agent/scheduler.h"

namespace dev8agent::test {

// Wraps another scheduler and changes wall_now() alone. All the rest, the loop thread
// included, is that of `right`, which it keeps alive. An agent gets it in its options:
//
//   tweaks.adjust = [](AgentOptions& options) {
//     options.scheduler = std::make_shared<SkewedScheduler>(options.scheduler, minutes(10));
//   };
class SkewedScheduler final : public Scheduler {
 public:
  // `ahead` may be negative: then the clock is slow.
  SkewedScheduler(std::shared_ptr<Scheduler> right, std::chrono::seconds ahead)
      : right_(std::move(right)), ahead_(ahead) {}

  TimePoint now() const override { return right_->now(); }
  WallTime wall_now() const override { return right_->wall_now() + ahead_; }
  void post(Work work) override { right_->post(std::move(work)); }
  TimerId call_at(TimePoint due, Work work) override { return right_->call_at(due, std::move(work)); }
  void cancel(TimerId id) override { right_->cancel(id); }
  bool on_loop_thread() const override { return right_->on_loop_thread(); }

 private:
  std::shared_ptr<Scheduler> right_;  // tells the right time
  std::chrono::seconds ahead_;        // added to its time of day
};

}  // namespace dev8agent::test
