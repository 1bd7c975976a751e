// The two budgets that Azure gives to creates and to deletes of container groups: per 5 minutes and per hour.
#pragma once

#include "arm/arm_reply.h"
#include "dev8agent/scheduler.h"

namespace dev8agent::emulator {

class Budget {
 public:
  Budget(int per_5_minutes, int per_hour);

  // Takes one; nothing when a budget is used up.
  std::optional<BudgetLeft> take(TimePoint now);
  // How long until take() succeeds again.
  std::chrono::seconds wait(TimePoint now) const;

 private:
  // Counts in windows of fixed length.
  struct Window {
    std::chrono::minutes length;
    int limit;
    int used = 0;
    TimePoint ends = TimePoint::min();
    void renew(TimePoint now);
  };
  Window short_;
  Window long_;
};

ArmReply too_many_requests(std::chrono::seconds wait);

}  // namespace dev8agent::emulator
