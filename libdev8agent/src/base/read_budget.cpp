// ReadBudget: see read_budget.h.
#include "base/read_budget.h"

namespace dev8agent::internal {

void ReadBudget::refill(TimePoint now) {
  if (updated_ == TimePoint{}) updated_ = now;
  const std::chrono::duration<double> passed = now - updated_;
  tokens_ = std::min(burst_, tokens_ + passed.count() * per_second_);
  updated_ = now;
}

bool ReadBudget::has_spare(TimePoint now) {
  refill(now);
  return now >= held_until_ && tokens_ > burst_ / 2;
}

std::optional<TimePoint> ReadBudget::take(TimePoint now) {
  refill(now);
  if (now < held_until_) return held_until_;
  if (tokens_ >= 1) {
    tokens_ -= 1;
    return std::nullopt;
  }
  // Rounded up, so that the wait is never a moment too short.
  const std::chrono::duration<double> missing((1 - tokens_) / per_second_);
  return now + std::chrono::ceil<std::chrono::milliseconds>(missing);
}

void ReadBudget::note_left(int left, TimePoint now) {
  constexpr std::chrono::milliseconds kRefill{40};  // of one read in Azure's bucket: 25 a second
  if (left < kReserve) hold(now + (kReserve - std::max(left, 0)) * kRefill);
}

std::chrono::nanoseconds ReadBudget::interval() const {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::duration<double>(1 / per_second_));
}

}  // namespace dev8agent::internal
