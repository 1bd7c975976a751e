// Whole files as text, for configuration: certificates. Any thread; it blocks while it reads, so flows must
// not call it.
#pragma once

#include <optional>
#include <string>

namespace dev8agent::internal {

// The content of the file `path`, byte for byte. Nothing when it cannot be read, is a directory, or is empty.
// A pipe or device is read to its end, which may never come. There is no limit to the size.
std::optional<std::string> read_file(const std::string& path);

}  // namespace dev8agent::internal
