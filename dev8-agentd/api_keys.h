// The API keys that callers may present as "Authorization: Bearer <key>", who holds each, and what it lets
// its holder do. Keys are kept as SHA-256 digests: these have one length, so a comparison takes the same time
// whatever the token is. The gate asks for every request. Any thread.
//
//   const auto holder = agent.api_keys.find(request.bearer_token());
//   if (!holder && !agent.api_keys.empty()) ...  // 401
#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dev8agent/result.h"
#include "dev8agent/secret.h"

namespace dev8agentd {

// What a key is good for. Each scope includes those before it.
enum class Scope {
  kRead,     // every GET
  kOperate,  // create, start, stop, restart, update, cancel, activity
  kAdmin,    // delete, restore, sweep
};
// "read", "operate", "admin".
std::string_view to_string(Scope scope);

// Who presents a key.
struct KeyHolder {
  std::string name;             // for log and rate limits; "0" is the first key of API_KEYS, if it has none
  Scope scope = Scope::kAdmin;  // kAdmin for a key without a name, and for one of a user
  std::string user;             // sees this user's environments alone; empty: everybody's
  bool operator==(const KeyHolder&) const = default;
};

// One key as configured.
struct ApiKey {
  KeyHolder holder;
  dev8agent::Secret secret;
};

// Reads an entry of API_KEYS or API_KEYS_FILE: "key", "name:scope:key" or "name:user=<userId>:key". The key
// has at least 32 printable ASCII characters without spaces, '%' and ':'; the name 1-32 letters, digits, '-'
// or
// '_'. Else kInvalidRequest with the rule as the message; it holds nothing of the entry.
dev8agent::Result<ApiKey> parse_api_key(std::string_view entry);
// Reads a file of entries, one per line. Blank lines and lines that begin with '#' are ignored. `path` is for
// the messages, which name the first wrong line. A file without any key is an error.
dev8agent::Result<std::vector<ApiKey>> parse_api_keys(std::string_view text, const std::string& path);
// The rule that no key may be there twice, in one list or in both, with the names of two that are the same;
// empty when it holds. Names and scopes would then depend on the order.
std::string repeated_key(const std::vector<ApiKey>& keys, const std::vector<ApiKey>& more);
// Gives the keys without a name `prefix` and their positions as names.
void number_keys(std::vector<ApiKey>& keys, const std::string& prefix);

class ApiKeys {
 public:
  // The keys of both lists. Throws std::runtime_error where OpenSSL has no SHA-256.
  explicit ApiKeys(const std::vector<ApiKey>& keys, const std::vector<ApiKey>& more = {});

  // True when no key is configured: then every caller is let in, and only loopback callers can reach the
  // agent, unless AGENT_ALLOW_UNAUTHENTICATED is set. Never changes: replace() does not open a closed door.
  bool empty() const { return empty_; }
  // The holder of the key that `token` is, or nothing. The time taken does not depend on the token, so it
  // cannot be guessed part by part.
  std::optional<KeyHolder> find(std::string_view token) const;
  // Lets these keys count from now on instead of all others.
  void replace(const std::vector<ApiKey>& keys, const std::vector<ApiKey>& more);

 private:
  using Digest = std::array<unsigned char, 32>;
  struct Entry {
    Digest digest;
    KeyHolder holder;
  };
  static Digest digest(std::string_view text);
  using Entries = std::vector<Entry>;
  static Entries entries_of(const std::vector<ApiKey>& keys, const std::vector<ApiKey>& more);

  const bool empty_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Entries> entries_;  // guarded by mutex_; never null
};

// The key of activity tokens that belongs to the API key `key`: an HMAC-SHA-256 of a fixed label, as
// hexadecimal digits. A workspace knows its own token, and with a guess of this derived key could check the
// guess offline; nothing leads from there to the API key itself.
dev8agent::Secret activity_key_of(const dev8agent::Secret& key);

}  // namespace dev8agentd
