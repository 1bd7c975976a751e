// Memory that a burst of work has left free in the heap.
#pragma once

#include <cstddef>

namespace dev8agentd {

// Gives free memory of the heap back to the system when that is more than `keep` bytes. malloc itself gives
// back only what lies at the heap's end, so that a process stays as large as its largest burst of work has
// made it. True when it was done; it takes milliseconds then. Any thread.
bool return_free_memory(std::size_t keep = 4 * 1024 * 1024);

}  // namespace dev8agentd
