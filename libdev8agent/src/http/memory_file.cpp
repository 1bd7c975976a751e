// MemoryFile on Linux's memfd_create().
#include "http/memory_file.h"

#include <sys/mman.h>
#include <unistd.h>

namespace dev8agent::internal::http {

Result<std::shared_ptr<const MemoryFile>> MemoryFile::make(std::string_view text) {
  const int descriptor = memfd_create("dev8agent", MFD_CLOEXEC);
  if (descriptor < 0) return make_error(ErrorCode::kInternal, "the system has no descriptor to spare");
  std::shared_ptr<const MemoryFile> file(new MemoryFile(descriptor));
  while (!text.empty()) {
    const ssize_t written = write(descriptor, text.data(), text.size());
    if (written <= 0) return make_error(ErrorCode::kInternal, "the system has no memory to spare");
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return file;
}

MemoryFile::MemoryFile(int descriptor)
    : descriptor_(descriptor), path_("/proc/self/fd/" + std::to_string(descriptor)) {}

MemoryFile::~MemoryFile() {
  close(descriptor_);
}

}  // namespace dev8agent::internal::http
