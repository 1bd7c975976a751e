// The two budgets that Azure gives to creates and, apart from them, to deletes of container groups:
// so many in 5 minutes and so many in an hour. Source: Learn, "Resource availability & quota
// limits".
#pragma once

#include <initializer_list>

#include "arm/arm_reply.h"
#include "dev8agent/scheduler.h"

namespace dev8agent::emulator {

// So many requests in a window of fixed length. A window begins with the first request after the end of the
// one before.
struct RequestWindow {
  std::chrono::seconds length;
  int limit;  // requests in one window
  int used = 0;
  TimePoint ends = TimePoint::min();
  void renew(TimePoint now);  // begins a new window when the last has ended
  bool is_full() const { return used >= limit; }
};

// How long until none of the windows is full, for Retry-After: rounded up, at least one second.
std::chrono::seconds wait_for(std::initializer_list<const RequestWindow*> windows, TimePoint now);

// One such pair. ContainerGroups has one for PUT and one for DELETE; a request that it then refuses
// for another reason counts, too.
class Budget {
 public:
  // Limits: EmulatorOptions::creates_per_5_minutes and creates_per_hour.
  Budget(int per_5_minutes, int per_hour);

  // Takes one from both and returns what is left; nothing when one of them is used up, and then
  // takes none.
  std::optional<BudgetLeft> take(TimePoint now);
  // How long until take() succeeds again, for Retry-After: rounded up, at least one second.
  std::chrono::seconds wait(TimePoint now) const;

 private:
  RequestWindow short_;
  RequestWindow long_;
};

// 429 with Retry-After and a budget of zero.
ArmReply too_many_requests(std::chrono::seconds wait);

}  // namespace dev8agent::emulator
