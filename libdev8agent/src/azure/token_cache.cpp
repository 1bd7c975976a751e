#include "azure/token_cache.h"

namespace dev8agent::azure {
namespace {

constexpr std::chrono::minutes kRenewBefore{5};     // as the Azure SDKs do
constexpr std::chrono::seconds kFetchTimeout{120};  // of one fetch with its retries
constexpr std::chrono::seconds kRenewPause{30};     // between failed renewals of a token that is still valid

}  // namespace

TokenCache::TokenCache(std::shared_ptr<TokenCredential> credential, CredentialContext context,
                       Retrier& retrier)
    : credential_(std::move(credential)), context_(std::move(context)), retrier_(retrier) {}

Task<Result<std::string>> TokenCache::get(CallPtr call, std::string scope) {
  for (bool first = true;; first = false) {
    Entry& entry = entries_[scope];
    const WallTime now = context_.scheduler.wall_now();
    const bool valid = entry.token && now < entry.token->expires_at;
    const bool fresh = valid && now < entry.token->refresh_at && now < entry.token->expires_at - kRenewBefore;
    const bool due = !fresh && (!valid || now >= entry.renew_after);
    if (first && due && !entry.fetching) start_fetch(scope);
    if (valid) co_return std::string(entry.token->token.reveal());
    if (!entry.fetching) {
      co_return entry.failure ? *entry.failure
                              : make_error(ErrorCode::kAzureCredentials,
                                           "the token has expired already; check this machine's clock");
    }
    auto woken = co_await entry.fetched.wait(call);
    if (!woken.ok()) co_return woken.error();
  }
}

void TokenCache::invalidate(const std::string& scope, const std::string& token) {
  Entry& entry = entries_[scope];
  if (entry.token && entry.token->token.same_as(token)) entry.token.reset();
}

void TokenCache::start_fetch(const std::string& scope) {
  Entry& entry = entries_[scope];
  entry.fetching = true;
  entry.failure.reset();
  tasks_.start(fetch(scope));
}

Task<Done> TokenCache::fetch(std::string scope) {
  auto call = std::make_shared<Call>();
  call->scheduler = &context_.scheduler;
  call->deadline = context_.scheduler.now() + kFetchTimeout;
  const CallPtr limits = call;
  std::function<Task<Result<AccessToken>>()> attempt = [this, limits, scope] {
    return fetch_once(limits, scope);
  };
  auto token = co_await retrier_.run<AccessToken>(limits, std::move(attempt));
  Entry& entry = entries_[scope];
  entry.fetching = false;
  if (token.ok()) {
    entry.token.emplace(std::move(token).value());
  } else {
    entry.failure = token.error();
    entry.renew_after = context_.scheduler.wall_now() + kRenewPause;
  }
  entry.fetched.notify_all(context_.scheduler);
  co_return Done{};
}

Task<Result<AccessToken>> TokenCache::fetch_once(CallPtr call, std::string scope) {
  CallbackAwaiter<AccessToken> answer(
      call, [this, call, scope](std::function<void(Result<AccessToken>)> done) {
        // A credential cannot be abandoned, so its answer goes through a switch that can.
        auto wanted = std::make_shared<bool>(true);
        credential_->fetch(context_, scope, call->deadline,
                           [wanted, done = std::move(done)](Result<AccessToken> token) {
                             if (std::exchange(*wanted, false)) done(std::move(token));
                           });
        return [wanted] { *wanted = false; };
      });
  auto token = co_await answer;
  co_return token;
}

}  // namespace dev8agent::azure
