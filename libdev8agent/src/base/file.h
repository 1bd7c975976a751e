// Whole files as text, for configuration: certificates, keys, tokens. Any thread. A read never waits for
// anything but the disk: a FIFO, a device or a directory is refused, so that a wrong path cannot hang the
// caller.
#pragma once

#include <cstddef>
#include <string>

#include "dev8agent/result.h"

namespace dev8agent::internal {

// The content of the regular file `path`, byte for byte; links are followed. Otherwise kInvalidRequest with
// the reason as its message, which fits behind a file's name: "cannot be read: No such file or directory",
// "is no regular file", "is larger than 65536 bytes" (when it has more than `most` bytes).
Result<std::string> read_file(const std::string& path, std::size_t most);

}  // namespace dev8agent::internal
