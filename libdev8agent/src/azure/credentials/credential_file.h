// Reading the small files that credentials consist of: a certificate in PEM form, a federated token.
#pragma once

#include <string>

#include "dev8agent/result.h"

namespace dev8agent::internal::azure {

// The content of the file `path`. `setting` is the variable that names it, for the errors: kAzureCredentials
// when the file cannot be read, is empty or is larger than 64 KiB. Errors hold nothing of the content.
Result<std::string> read_credential_file(const std::string& path, const std::string& setting);

}  // namespace dev8agent::internal::azure
