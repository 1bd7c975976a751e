// Burst: holds operations back while more of them come, and lets them go in the order in which they came.
// Loop thread only, its end included.
//
//   auto waited = co_await burst.wait(call, std::chrono::milliseconds(100));
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

#include "base/call.h"
#include "base/signal.h"

namespace dev8agent::internal {

class Burst {
 public:
  // How many times its own span an operation waits at most.
  static constexpr int kLongest = 4;

  // `scheduler` must outlive the burst. Frames that wait must be destroyed first.
  explicit Burst(Scheduler& scheduler) : scheduler_(scheduler) {}
  Burst(const Burst&) = delete;
  ~Burst() {
    if (timer_) scheduler_.cancel(*timer_);
  }

  // Whether nobody waits.
  bool empty() const { return waiting_ == 0; }

  // Ends when nobody has come for the `span` of the last who came. With a span of zero, those who wait go
  // first, at once. kTimeout at the call's deadline, kCancelled when the call is cancelled.
  Task<Status> wait(CallPtr call, std::chrono::milliseconds span) {
    const TimePoint now = scheduler_.now();
    latest_ = empty() ? now + kLongest * span : std::min(latest_, now + kLongest * span);
    let_go_at(std::min(now + span, latest_));
    ++waiting_;
    auto ended = co_await over_.wait(call);
    --waiting_;
    co_return ended;
  }

 private:
  void let_go_at(TimePoint due) {
    if (timer_) scheduler_.cancel(*timer_);
    timer_ = scheduler_.call_at(due, [this] {
      timer_.reset();
      over_.notify_all(scheduler_);
    });
  }

  Scheduler& scheduler_;
  Signal over_;
  int waiting_ = 0;
  TimePoint latest_{};                         // when those who wait go at the latest
  std::optional<Scheduler::TimerId> timer_{};  // set while somebody waits
};

}  // namespace dev8agent::internal
