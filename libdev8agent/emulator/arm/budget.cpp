// Budgets of creates and deletes: see budget.h.
#include "arm/budget.h"

#include <algorithm>

namespace dev8agent::emulator {

Budget::Budget(int per_5_minutes, int per_hour)
    : short_{std::chrono::minutes(5), per_5_minutes}, long_{std::chrono::minutes(60), per_hour} {}

void RequestWindow::renew(TimePoint now) {
  if (now < ends) return;
  used = 0;
  ends = now + length;
}

std::optional<BudgetLeft> Budget::take(TimePoint now) {
  short_.renew(now);
  long_.renew(now);
  if (short_.is_full() || long_.is_full()) return std::nullopt;
  ++short_.used;
  ++long_.used;
  return BudgetLeft{short_.limit - short_.used, long_.limit - long_.used};
}

std::chrono::seconds wait_for(std::initializer_list<const RequestWindow*> windows, TimePoint now) {
  TimePoint free = now;
  for (const RequestWindow* window : windows) {
    if (window->is_full()) free = std::max(free, window->ends);
  }
  return std::max(std::chrono::ceil<std::chrono::seconds>(free - now), std::chrono::seconds(1));
}

std::chrono::seconds Budget::wait(TimePoint now) const {
  return wait_for({&short_, &long_}, now);
}

ArmReply too_many_requests(std::chrono::seconds wait) {
  ArmReply reply = arm_error({429, "TooManyRequests",
                              "The number of container group requests exceeds the limit of the subscription. "
                              "Retry after " +
                                  std::to_string(wait.count()) + " seconds."});
  reply.retry_after = wait.count();
  reply.budget = BudgetLeft{};
  return reply;
}

}  // namespace dev8agent::emulator
