// How long to wait between observations, and between repeated writes. Pure.
#pragma once

#include <chrono>

namespace dev8agent::internal::plan {

// From the question of one read to the question of the next: before the read number `polls` + 1 after a
// write. The first comes at once, because its answer may already be the end; then 50, 100 and 200 ms pass;
// then `between` (see patience.h). A `between` of Patience::kRare counts from the second read on, because
// nothing can be expected so early. Azure's own Retry-After, when there is one, goes before this.
std::chrono::milliseconds poll_delay(int polls, std::chrono::milliseconds between);

// Before a delete that Azure has accepted is sent again, because its resource is still shown: 2 s for the
// first repeat (`repeats` 0), growing by a factor of 1.75 up to 20 s.
std::chrono::milliseconds repeat_delay(int repeats);

}  // namespace dev8agent::internal::plan
