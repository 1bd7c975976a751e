// Reading the small files that credentials consist of.
#pragma once

#include <string>

#include "dev8agent/result.h"

namespace dev8agent::internal::azure {

// The content of `path`, which `setting` names; at most 64 KiB. Errors name the setting, not the path's
// content.
Result<std::string> read_credential_file(const std::string& path, const std::string& setting);

}  // namespace dev8agent::internal::azure
