// The growing delay between polls.
#include "plan/poll.h"

#include <algorithm>

namespace dev8agent::plan {

std::chrono::milliseconds poll_delay(int looks) {
  double seconds = 2;
  for (int i = 0; i < looks && seconds < 20; ++i) seconds *= 1.75;
  return std::chrono::milliseconds(static_cast<long long>(std::min(seconds, 20.0) * 1000));
}

}  // namespace dev8agent::plan
