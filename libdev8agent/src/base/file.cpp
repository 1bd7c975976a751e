// read_file().
#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace dev8agent::internal {
namespace {

Error unusable(const std::string& why) {
  return make_error(ErrorCode::kInvalidRequest, why);
}

Error unreadable(int number) {
  return unusable("cannot be read: " + std::generic_category().message(number));
}

// Closes the file again.
struct File {
  int descriptor;
  ~File() { close(descriptor); }
};

}  // namespace

Result<std::string> read_file(const std::string& path, std::size_t most) {
  // Without O_NONBLOCK a FIFO waits for a writer.
  const File file{open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)};
  if (file.descriptor < 0) return unreadable(errno);
  struct stat status {};
  if (fstat(file.descriptor, &status) != 0) return unreadable(errno);
  if (!S_ISREG(status.st_mode)) return unusable("is no regular file");
  std::string text;
  char buffer[4096];
  for (;;) {
    const ssize_t count = read(file.descriptor, buffer, sizeof(buffer));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return unreadable(errno);
    if (count == 0) return text;
    text.append(buffer, static_cast<std::size_t>(count));
    if (text.size() > most) return unusable("is larger than " + std::to_string(most) + " bytes");
  }
}

}  // namespace dev8agent::internal
