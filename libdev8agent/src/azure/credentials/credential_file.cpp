// read_credential_file().
#include "azure/credentials/credential_file.h"

#include <fstream>

#include "azure/credentials/outcome.h"

namespace dev8agent::internal::azure {

Result<std::string> read_credential_file(const std::string& path, const std::string& setting) {
  constexpr std::size_t kLimit = 64 * 1024;
  std::ifstream file(path, std::ios::binary);
  std::string content(kLimit + 1, '\0');
  file.read(content.data(), static_cast<std::streamsize>(content.size()));
  if (file.bad() || (file.fail() && !file.eof())) {
    return credential_error("the file of " + setting + " cannot be read");
  }
  content.resize(static_cast<std::size_t>(file.gcount()));
  if (content.empty()) return credential_error("the file of " + setting + " is empty");
  if (content.size() > kLimit) return credential_error("the file of " + setting + " is larger than 64 KiB");
  return content;
}

}  // namespace dev8agent::internal::azure
