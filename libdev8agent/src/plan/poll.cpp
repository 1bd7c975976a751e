// The delays of poll.h.
#include "plan/poll.h"

#include <algorithm>
#include <array>

#include "plan/patience.h"

namespace dev8agent::internal::plan {

using std::chrono::milliseconds;

milliseconds poll_delay(int polls, milliseconds between) {
  static constexpr std::array kFirst = {milliseconds(0), milliseconds(50), milliseconds(100),
                                        milliseconds(200)};
  const auto number = static_cast<std::size_t>(std::max(polls, 0));
  const bool too_early = number > 0 && between >= Patience::kRare;
  return too_early || number >= kFirst.size() ? between : kFirst[number];
}

milliseconds repeat_delay(int repeats) {
  double seconds = 2;
  for (int i = 0; i < repeats && seconds < 20; ++i) seconds *= 1.75;
  return milliseconds(static_cast<long long>(std::min(seconds, 20.0) * 1000));
}

}  // namespace dev8agent::internal::plan
