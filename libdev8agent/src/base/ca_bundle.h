// CA bundles as companies hand them out: the root certificates of a TLS-inspecting proxy, for example. Used
// for AZURE_CA_FILE, by finalize() to check it and by the transport to read it. Any thread.
#pragma once

#include <cstddef>
#include <string>

#include "dev8agent/result.h"

namespace dev8agent::internal {

// Bytes. Debian's bundle of all roots has 0.2 MB.
inline constexpr std::size_t kLargestBundle = std::size_t{16} << 20;

// The certificates of the file `path` in plain PEM, in the order of the file. Takes PEM with byte order
// marks, CRLF, text and other blocks between the certificates, and a single certificate in DER. Whether they
// are valid or trusted is not checked. kInvalidRequest, when the file cannot be read, is larger than
// kLargestBundle, holds no certificate, or one is damaged: its message is a rule about the file in words
// ("must ..."), with the file's path.
Result<std::string> read_ca_bundle(const std::string& path);

}  // namespace dev8agent::internal
