// Reading a file of settings without ever waiting for it.
#pragma once

#include <optional>
#include <string>

#include "dev8agent/result.h"

namespace dev8agentd {

// The content of the regular file `path`, at most 1 MiB; nothing when there is no such file. Anything else
// fails with the reason: no permission, a directory, a FIFO, a device, a loop of links.
dev8agent::Result<std::optional<std::string>> read_settings_file(const std::string& path);

}  // namespace dev8agentd
