// ReadBudget: how many reads polling may send. A token bucket, shared by all polling of one orchestrator.
// Azure Resource Manager refills 25 reads a second for each principal, and 3.3 a second under its older
// limit. Source: Microsoft Learn, "Understand how Azure Resource Manager throttles requests". Loop thread
// only.
#pragma once

#include <algorithm>
#include <optional>

#include "dev8agent/scheduler.h"

namespace dev8agent::internal {

class ReadBudget {
 public:
  ReadBudget(double reads_per_second, int burst)
      : per_second_(reads_per_second), burst_(burst), tokens_(burst) {}

  // Takes one read. Nothing when it was taken, else when the next one can be taken.
  std::optional<TimePoint> take(TimePoint now);
  // Charges reads that were sent beyond those taken, such as further pages of a list. Later reads wait for
  // them.
  void charge(int reads) { tokens_ -= reads; }
  // No read before `until`: Azure throttles.
  void hold(TimePoint until) { held_until_ = std::max(held_until_, until); }
  // Azure says that `left` reads are in its own bucket. Below kReserve polling pauses until the bucket is
  // back there, so that the reads of other callers find some.
  void note_left(int left, TimePoint now);
  static constexpr int kReserve = 50;
  // How long one read takes to be refilled.
  std::chrono::nanoseconds interval() const;

 private:
  double per_second_;
  double burst_;
  double tokens_;
  TimePoint updated_{};
  TimePoint held_until_{};
};

}  // namespace dev8agent::internal
