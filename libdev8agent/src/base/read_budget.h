// ReadBudget: how many reads polling may send. A token bucket, shared by all polling of one orchestrator.
// Azure Resource Manager refills 25 reads a second for each principal, and 3.3 a second under its older
// limit. Source: Microsoft Learn, "Understand how Azure Resource Manager throttles requests". Loop thread
// only.
//
//   if (const auto later = budget.take(scheduler.now())) return ask_again_at(*later);
//   send_one_read();
#pragma once

#include <algorithm>
#include <optional>

#include "dev8agent/scheduler.h"

namespace dev8agent::internal {

class ReadBudget {
 public:
  // `reads_per_second` must be more than 0, `burst` at least 1. It begins full: `burst` reads may go at once.
  ReadBudget(double reads_per_second, int burst)
      : per_second_(reads_per_second), burst_(burst), tokens_(burst) {}

  // Takes one read. Nothing when it was taken. Else the time at which to ask again: it promises nothing,
  // since another caller may take that read first.
  std::optional<TimePoint> take(TimePoint now);
  // Charges reads that were sent beyond those taken, such as further pages of a list. Later reads wait for
  // them.
  void charge(int reads) { tokens_ -= reads; }
  // No read before `until`, whatever the tokens: for when Azure throttles. An earlier `until` changes
  // nothing.
  void hold(TimePoint until) { held_until_ = std::max(held_until_, until); }
  // Until when hold() stops all reads; nothing when it does not stop them at `now`.
  std::optional<TimePoint> held_until(TimePoint now) const {
    return now < held_until_ ? std::optional(held_until_) : std::nullopt;
  }
  // Azure says that `left` reads are in its own bucket. Below kReserve polling pauses until the bucket is
  // back there, so that the reads of other callers find some.
  void note_left(int left, TimePoint now);
  static constexpr int kReserve = 50;
  // Whether half of the burst is left: reads that are only for speed may be taken then.
  bool has_spare(TimePoint now);
  // How long one read takes to be refilled: 333 ms with the default of 3 a second.
  std::chrono::nanoseconds interval() const;

 private:
  void refill(TimePoint now);

  double per_second_;
  double burst_;
  double tokens_;        // negative: charged ahead
  TimePoint updated_{};  // when tokens_ was last counted; zero before the first question
  TimePoint held_until_{};
};

}  // namespace dev8agent::internal
