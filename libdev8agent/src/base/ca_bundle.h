// CA bundles as companies hand them out.
#pragma once

#include <string>

#include "dev8agent/result.h"

namespace dev8agent::internal {

// The certificates of the file `path` in plain PEM. Takes PEM with byte order marks, CRLF, text and other
// blocks between the certificates, and a single certificate in DER. The error's message is a rule about the
// file in words ("must ..."), with its path: it cannot be read, holds no certificate, or one is damaged.
Result<std::string> read_ca_bundle(const std::string& path);

}  // namespace dev8agent::internal
