// Reading a file of settings (.env) without ever waiting for it: a FIFO or a device must not hang the start.
#pragma once

#include <optional>
#include <string>

#include "dev8agent/result.h"

namespace dev8agentd {

// The content of the regular file `path`, at most 1 MiB; nothing when there is no such file. Anything else
// fails with the reason as the message ("is no regular file"): no permission, a directory, a FIFO, a device,
// a loop of links.
dev8agent::Result<std::optional<std::string>> read_settings_file(const std::string& path);

}  // namespace dev8agentd
