// Digests of API keys, compared in constant time.
#include "api_keys.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

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

dev8agent::Secret activity_key_of(const dev8agent::Secret& key) {
  constexpr std::string_view kLabel = "dev8-agent activity token key 1";
  unsigned char derived[32];
  unsigned length = 0;
  const std::string_view text = key.reveal();
  if (HMAC(EVP_sha256(), text.data(), static_cast<int>(text.size()),
           reinterpret_cast<const unsigned char*>(kLabel.data()), kLabel.size(), derived,
           &length) == nullptr) {
    throw std::runtime_error("HMAC-SHA-256 is not available");
  }
  std::string hexadecimal;
  for (const unsigned char byte : derived) {
    hexadecimal += "0123456789abcdef"[byte >> 4];
    hexadecimal += "0123456789abcdef"[byte & 15];
  }
  OPENSSL_cleanse(derived, sizeof(derived));
  return dev8agent::Secret(std::move(hexadecimal));
}

ApiKeys::Digest ApiKeys::digest(std::string_view text) {
  Digest result{};
  if (EVP_Digest(text.data(), text.size(), result.data(), nullptr, EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("SHA-256 is not available");
  }
  return result;
}

}  // namespace dev8agentd
