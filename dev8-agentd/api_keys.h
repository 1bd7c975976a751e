// The API keys that callers may present. Only their SHA-256 digests are kept, and a comparison takes the same
// time whatever the token is. Immutable; any thread.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "dev8agent/secret.h"

namespace dev8agentd {

class ApiKeys {
 public:
  ApiKeys() = default;
  explicit ApiKeys(const std::vector<dev8agent::Secret>& keys);

  // True when none is configured: then every caller is let in.
  bool empty() const { return digests_.empty(); }
  // The position of the key that `token` is, or nothing.
  std::optional<std::size_t> find(std::string_view token) const;

 private:
  using Digest = std::array<unsigned char, 32>;
  static Digest digest(std::string_view text);

  std::vector<Digest> digests_;
};

// The key of activity tokens that belongs to the API key `key`. A workspace knows its token, and with a guess
// of this key could check the guess; nothing leads from there to the API key itself.
dev8agent::Secret activity_key_of(const dev8agent::Secret& key);

}  // namespace dev8agentd
