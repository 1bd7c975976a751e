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

namespace dev8agent::internal::azure {

class TokenCache {
 public:
  // Everything given must outlive the cache.
  TokenCache(std::shared_ptr<TokenCredential> credential, CredentialContext context, Retrier& retrier);

  // A token that is good for use now. Waits for a fetch only when there is none; a token past its time to be
  // renewed is renewed in the background, at most every 30 seconds, and kept while it is valid when that
  // fails. After a refusal that a repeat does not cure, every caller gets that failure at once for 30
  // seconds, after the next one for twice as long, and so on up to 10 minutes.
  Task<Result<std::string>> get(CallPtr call, std::string scope);

  // Azure refused `token`: it is not given out again.
  void invalidate(const std::string& scope, const std::string& token);

 private:
  struct Entry {
    std::optional<AccessToken> token;
    std::optional<Error> failure;   // of the latest fetch
    TimePoint fetch_after{};        // no renewal of a valid token, and nothing after a refusal, before
    std::chrono::seconds pause{0};  // the latest one after a refusal
    std::shared_ptr<const Call> fetch_call;  // of the fetch under way, with its last failure
    bool fetching = false;
    Signal fetched;
  };
  void start_fetch(const std::string& scope);
  void keep(Entry& entry, Result<AccessToken> token);
  Task<Done> fetch(std::string scope);
  Task<Result<AccessToken>> fetch_once(CallPtr call, std::string scope);

  std::shared_ptr<TokenCredential> credential_;
  CredentialContext context_;
  Retrier& retrier_;
  std::map<std::string, Entry> entries_;
  TaskSet tasks_;
};

}  // namespace dev8agent::internal::azure
