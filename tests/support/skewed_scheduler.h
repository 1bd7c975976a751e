// The clock of a machine that is set wrong: the same time goes by, and another time of day is shown.
#pragma once

#include <memory>
#include <utility>

#include "dev8agent/scheduler.h"

namespace dev8agent::test {

class SkewedScheduler final : public Scheduler {
 public:
  SkewedScheduler(std::shared_ptr<Scheduler> right, std::chrono::seconds ahead)
      : right_(std::move(right)), ahead_(ahead) {}

  TimePoint now() const override { return right_->now(); }
  WallTime wall_now() const override { return right_->wall_now() + ahead_; }
  void post(Work work) override { right_->post(std::move(work)); }
  TimerId call_at(TimePoint due, Work work) override { return right_->call_at(due, std::move(work)); }
  void cancel(TimerId id) override { right_->cancel(id); }
  bool on_loop_thread() const override { return right_->on_loop_thread(); }

 private:
  std::shared_ptr<Scheduler> right_;
  std::chrono::seconds ahead_;
};

}  // namespace dev8agent::test
