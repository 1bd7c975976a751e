// read_settings_file().
#include "settings_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace dev8agentd {
namespace {

constexpr std::size_t kMaxSize = std::size_t{1} << 20;

dev8agent::Error unusable(const std::string& why) {
  return dev8agent::make_error(dev8agent::ErrorCode::kInvalidRequest, why);
}

// Closes the file again.
struct File {
  int descriptor;
  ~File() { close(descriptor); }
};

dev8agent::Result<std::optional<std::string>> read_all(int descriptor) {
  std::string text;
  char buffer[4096];
  for (;;) {
    const ssize_t count = read(descriptor, buffer, sizeof(buffer));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return unusable(std::string("cannot be read: ") + std::strerror(errno));
    if (count == 0) return std::optional(std::move(text));
    text.append(buffer, static_cast<std::size_t>(count));
    if (text.size() > kMaxSize) return unusable("is larger than 1 MiB");
  }
}

}  // namespace

dev8agent::Result<std::optional<std::string>> read_settings_file(const std::string& path) {
  // Without O_NONBLOCK a FIFO waits for a writer.
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (descriptor < 0 && errno == ENOENT) return std::optional<std::string>();
  if (descriptor < 0) return unusable(std::string("cannot be read: ") + std::strerror(errno));
  const File file{descriptor};
  struct stat status {};
  if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) return unusable("is no regular file");
  return read_all(descriptor);
}

}  // namespace dev8agentd
