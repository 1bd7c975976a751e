// The pages of programs and libraries that only the start has needed.
#pragma once

namespace dev8agentd {

// Unmaps the pages of code and constants of this process, of the program and of every library. What is needed
// again comes back from the page cache, a few microseconds for each 64 KB; the rest stays out of the resident
// memory: loading and initialising the libraries of libcurl alone touches some MB once. Nothing is lost,
// because only segments that cannot be written are concerned. Any thread.
void release_start_pages();

}  // namespace dev8agentd
