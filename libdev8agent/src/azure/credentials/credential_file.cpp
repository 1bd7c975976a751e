// read_credential_file().
#include "azure/credentials/credential_file.h"

#include "azure/credentials/outcome.h"
#include "base/file.h"

namespace dev8agent::internal::azure {

Result<std::string> read_credential_file(const std::string& path, const std::string& setting) {
  constexpr std::size_t kLimit = 64 * 1024;
  auto content = read_file(path, kLimit);
  if (!content.ok()) return credential_error("the file of " + setting + " " + content.error().message);
  if (content->empty()) return credential_error("the file of " + setting + " is empty");
  return content;
}

}  // namespace dev8agent::internal::azure
