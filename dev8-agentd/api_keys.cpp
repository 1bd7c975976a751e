// Digests of API keys, compared in constant time.
#include "api_keys.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <stdexcept>

namespace dev8agentd {

ApiKeys::ApiKeys(const std::vector<dev8agent::Secret>& keys) {
  for (const dev8agent::Secret& key : keys) digests_.push_back(digest(key.reveal()));
}

std::optional<std::size_t> ApiKeys::find(std::string_view token) const {
  const Digest presented = digest(token);
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < digests_.size(); ++i) {
    if (CRYPTO_memcmp(presented.data(), digests_[i].data(), presented.size()) == 0) found = i;
  }
  return found;
}

ApiKeys::Digest ApiKeys::digest(std::string_view text) {
  Digest result{};
  if (EVP_Digest(text.data(), text.size(), result.data(), nullptr, EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("SHA-256 is not available");
  }
  return result;
}

}  // namespace dev8agentd
