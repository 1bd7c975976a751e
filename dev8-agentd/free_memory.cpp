// glibc's own means: mallinfo2(3) and malloc_trim(3).
#include "free_memory.h"

#include <malloc.h>
#include <unistd.h>

#include <fstream>

namespace dev8agentd {
namespace {

// How much memory of its own this process occupies, files that it maps apart; proc(5), statm.
std::size_t anonymous_bytes() {
  std::ifstream file("/proc/self/statm");
  std::size_t total = 0;
  std::size_t resident = 0;
  std::size_t of_files = 0;
  file >> total >> resident >> of_files;
  return file && resident > of_files ? (resident - of_files) * static_cast<std::size_t>(sysconf(_SC_PAGESIZE))
                                     : 0;
}

// What malloc occupies and nobody uses. The stacks of threads are in it, too.
std::size_t free_bytes() {
  const auto heap = mallinfo2();
  const std::size_t used = heap.uordblks + heap.hblkhd;
  const std::size_t occupied = anonymous_bytes();
  return occupied > used ? occupied - used : 0;
}

}  // namespace

bool FreeMemory::return_to_system() {
  if (free_bytes() <= left_ + keep_) return false;
  const bool done = malloc_trim(0) != 0;
  left_ = free_bytes();
  return done;
}

}  // namespace dev8agentd
