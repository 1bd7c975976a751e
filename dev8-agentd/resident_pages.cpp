// See resident_pages.h. Segments: elf(5), dl_iterate_phdr(3); MADV_DONTNEED: madvise(2).
#include "resident_pages.h"

#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>

namespace dev8agentd {
namespace {

// A refusal changes nothing, as for the pages that the kernel itself maps into each process.
void release(std::uintptr_t begin, std::uintptr_t end, std::uintptr_t page) {
  begin = (begin + page - 1) / page * page;
  end = end / page * page;
  if (begin < end) madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
}

int release_of_object(dl_phdr_info* object, std::size_t, void* page) {
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const ElfW(Phdr)& segment = object->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) != 0) continue;
    const std::uintptr_t begin = object->dlpi_addr + segment.p_vaddr;
    // Bytes behind those of the file are none of a segment that cannot be written.
    release(begin, begin + segment.p_filesz, *static_cast<std::uintptr_t*>(page));
  }
  return 0;
}

}  // namespace

void release_start_pages() {
  auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  dl_iterate_phdr(release_of_object, &page);
}

}  // namespace dev8agentd
