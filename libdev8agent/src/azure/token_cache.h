// TokenCache: the bearer tokens of one credential, by scope. One fetch at a time for each scope, and renewal
// ahead of expiry. Loop thread only.
#pragma once

#include <list>
#include <map>
#include <memory>
#include <string>

#include "base/retry.h"
#include "base/signal.h"
#include "base/task.h"
#include "dev8agent/credential.h"
#include "dev8agent/log.h"

namespace dev8agent::internal::azure {

// Renewal begins at the time that Azure advises, at the latest 5 minutes before expiry, as in the Azure SDKs.
//
//   auto token = co_await tokens.get(call, "https://management.azure.com/.default");
//   if (!token.ok()) co_return token.error();  // kAzureCredentials: why there is no token
class TokenCache {
 public:
  // `credential` fetches; the references in `context`, and `retrier`, must outlive the cache. Each token that
  // is kept is recorded as "azure.token" with its scope and the milliseconds until it expires; `logger` may
  // be null.
  TokenCache(std::shared_ptr<TokenCredential> credential, CredentialContext context, Retrier& retrier,
             Logger logger = nullptr);

  // A token that is good for use now. Waits only when there is none. A token past its time of renewal is
  // renewed in the background, at most every 30 seconds, and stays in use while it is valid when the renewal
  // fails.
  //
  // Without a valid token, a failed fetch is answered to every caller at once, without a new fetch, for a
  // while: 30 seconds after a refusal that a repeat does not cure, twice as long after the next one, and so
  // on up to 10 minutes; 5 seconds after a failure that lasts but may pass (Error::lasting). After any other
  // failure the next caller starts a new fetch. A fetch with its repeats takes at most 2 minutes.
  Task<Result<std::string>> get(CallPtr call, std::string scope);

  // Reports that Azure refused `token`: it is not given out again. Ignored when another token has taken its
  // place meanwhile.
  void invalidate(const std::string& scope, const std::string& token);

 private:
  class WaitingCalls;  // hears of a fetch for those who wait
  // What is known for one scope.
  struct Entry {
    std::optional<AccessToken> token;        // may have expired
    std::optional<Error> failure;            // of the latest fetch
    TimePoint renew_after{};                 // no renewal of a valid token before
    TimePoint fetch_after{};                 // without a valid token, no new fetch after a failure before
    std::chrono::seconds pause{0};           // after the latest failure; 0 after a success
    std::shared_ptr<const Call> fetch_call;  // of the fetch under way, with its last failure
    std::list<CallPtr> waiting;              // for the fetch; they are told its failures and repeats
    bool fetching = false;
    Signal fetched;
  };
  // Begins a fetch in the background, which wakes all who wait when it ends.
  void start_fetch(const std::string& scope);
  // Stores the outcome of a fetch and sets when the next one may begin.
  void keep(const std::string& scope, Result<AccessToken> token);
  Task<Done> fetch(std::string scope);
  // One attempt. The credential itself cannot be cancelled; a late answer of it is dropped.
  Task<Result<AccessToken>> fetch_once(CallPtr call, std::string scope);

  std::shared_ptr<TokenCredential> credential_;
  CredentialContext context_;
  Retrier& retrier_;
  Logger logger_;
  std::map<std::string, Entry> entries_;
  TaskSet tasks_;
};

}  // namespace dev8agent::internal::azure
