// CA bundles as companies hand them out: the root certificates of a TLS-inspecting proxy, for example. Used
// for AZURE_CA_FILE, by finalize() to check it and by the transport to read it. And the system's directory of
// certificates. Any thread.
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

// True when `path` is a directory in which libcrypto can look certificates up by the hash of their subject:
// at least one name has the form "0123abcd.0" (openssl-rehash(1)).
bool is_hashed_directory(const std::string& path);

}  // namespace dev8agent::internal
