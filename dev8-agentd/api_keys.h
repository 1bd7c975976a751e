// The API keys (API_KEYS) that callers may present as "Authorization: Bearer <key>". Kept as SHA-256 digests:
// these have one length, so a comparison takes the same time whatever the token is. The gate asks for every
// request. Immutable; any thread.
//
//   const auto key = agent.api_keys.find(request.bearer_token());
//   if (!key && !agent.api_keys.empty()) ...  // 401
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
  // One digest for each key of API_KEYS. Throws std::runtime_error where OpenSSL has no SHA-256.
  explicit ApiKeys(const std::vector<dev8agent::Secret>& keys);

  // True when no key is configured: then every caller is let in, and only loopback callers can reach the
  // agent, unless AGENT_ALLOW_UNAUTHENTICATED is set.
  bool empty() const { return digests_.empty(); }
  // The position of the key that `token` is, or nothing. The time taken does not depend on the token, so it
  // cannot be guessed part by part. The position names the caller in log and rate limits ("key 0").
  std::optional<std::size_t> find(std::string_view token) const;

 private:
  using Digest = std::array<unsigned char, 32>;
  static Digest digest(std::string_view text);

  std::vector<Digest> digests_;
};

// The key of activity tokens that belongs to the API key `key`: an HMAC-SHA-256 of a fixed label, as
// hexadecimal digits. A workspace knows its own token, and with a guess of this derived key could check the
// guess offline; nothing leads from there to the API key itself.
dev8agent::Secret activity_key_of(const dev8agent::Secret& key);

}  // namespace dev8agentd
