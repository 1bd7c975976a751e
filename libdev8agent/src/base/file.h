// Whole files as text.
#pragma once

#include <optional>
#include <string>

namespace dev8agent::internal {

// The content of the file `path`; nothing when it cannot be read or is no regular file.
std::optional<std::string> read_file(const std::string& path);

}  // namespace dev8agent::internal
