// TokenCache: one credential's tokens by scope, one fetch at a time, renewed ahead of expiry. Loop thread
// only.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "base/retry.h"
#include "base/signal.h"
#include "base/task.h"
#include "dev8agent/credential.h"

namespace dev8agent::azure {

class TokenCache {
 public:
  // Everything given must outlive the cache.
  TokenCache(std::shared_ptr<TokenCredential> credential, CredentialContext context, Retrier& retrier);

  // A token that is good for use now. Waits for a fetch only when there is none; a token past its time to be
  // renewed is renewed in the background, and kept while it is valid when that fails.
  Task<Result<std::string>> get(CallPtr call, std::string scope);

  // Azure refused `token`: it is not given out again.
  void invalidate(const std::string& scope, const std::string& token);

 private:
  struct Entry {
    std::optional<AccessToken> token;
    std::optional<Error> failure;  // of the latest fetch
    WallTime renew_after{};        // no renewal before, while the token is valid
    bool fetching = false;
    Signal fetched;
  };
  void start_fetch(const std::string& scope);
  Task<Done> fetch(std::string scope);
  Task<Result<AccessToken>> fetch_once(CallPtr call, std::string scope);

  std::shared_ptr<TokenCredential> credential_;
  CredentialContext context_;
  Retrier& retrier_;
  std::map<std::string, Entry> entries_;
  TaskSet tasks_;
};

}  // namespace dev8agent::azure
