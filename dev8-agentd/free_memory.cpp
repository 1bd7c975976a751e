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

}  // namespace

bool return_free_memory(std::size_t keep) {
  return anonymous_bytes() > mallinfo2().uordblks + keep && malloc_trim(0) != 0;
}

}  // namespace dev8agentd
