// FreeMemory: gives memory that a burst of work has left free in the heap back to the system. malloc itself
// gives back only what lies at the heap's end, so that a process stays as large as its largest burst of work
// has made it. One thread.
//
//   FreeMemory free_memory;
//   free_memory.return_to_system();  // now and then, where milliseconds are no matter
#pragma once

#include <cstddef>

namespace dev8agentd {

class FreeMemory {
 public:
  // `keep`: bytes that may be free before anything is done.
  explicit FreeMemory(std::size_t keep = 4 * 1024 * 1024) : keep_(keep) {}
  // Gives memory back when `keep` bytes more are free than the last time has left. True when it was done;
  // that takes milliseconds.
  bool return_to_system();

 private:
  std::size_t keep_;
  std::size_t left_ = 0;  // free, and not to be given back: pieces smaller than a page
};

}  // namespace dev8agentd
