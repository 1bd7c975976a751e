// How long to wait before the next look at a transition.
#pragma once

#include <chrono>

namespace dev8agent::plan {

// `looks` counts the looks so far. 2 s at first, growing by 1.75 up to 20 s: a container that takes 120 s is
// seen running after nine looks. Azure's own Retry-After, when there is one, goes before this.
std::chrono::milliseconds poll_delay(int looks);

}  // namespace dev8agent::plan
