// TokenCache: one fetch at a time, renewal ahead of expiry, back-off after a refusal.
#include "azure/token_cache.h"

#include <algorithm>

namespace dev8agent::internal::azure {
namespace {

constexpr std::chrono::minutes kRenewBefore{5};     // as the Azure SDKs do
constexpr std::chrono::seconds kFetchTimeout{120};  // of one fetch with its retries
constexpr std::chrono::seconds kRenewPause{30};     // between renewals of a token that is still valid
constexpr std::chrono::minutes kLongestPause{10};   // between fetches that are refused
constexpr std::chrono::seconds kLastingPause{5};    // after a failure that lasts, but may pass

// How long a failure is answered without a new fetch. A refusal ends when somebody changes the configuration;
// what else fails may be well again at any moment.
std::chrono::seconds pause_after(const Error& failure, std::chrono::seconds last_pause) {
  if (failure.retryable) return failure.lasting ? kLastingPause : std::chrono::seconds(0);
  return std::min<std::chrono::seconds>(kLongestPause, std::max(kRenewPause, 2 * last_pause));
}

}  // namespace

TokenCache::TokenCache(std::shared_ptr<TokenCredential> credential, CredentialContext context,
                       Retrier& retrier, Logger logger)
    : credential_(std::move(credential)),
      context_(std::move(context)),
      retrier_(retrier),
      logger_(std::move(logger)) {}

Task<Result<std::string>> TokenCache::get(CallPtr call, std::string scope) {
  for (bool first = true;; first = false) {
    Entry& entry = entries_[scope];
    const WallTime now = context_.scheduler.wall_now();
    const bool valid = entry.token && now < entry.token->expires_at;
    const bool fresh = valid && now < entry.token->refresh_at && now < entry.token->expires_at - kRenewBefore;
    const bool pausing = valid ? context_.scheduler.now() < entry.renew_after
                               : entry.failure && context_.scheduler.now() < entry.fetch_after;
    if (first && !fresh && !pausing && !entry.fetching) start_fetch(scope);
    if (valid) co_return std::string(entry.token->token.reveal());
    if (!entry.fetching) {
      co_return entry.failure ? *entry.failure
                              : make_error(ErrorCode::kAzureCredentials,
                                           "the token has expired already; check this machine's clock");
    }
    const auto waiting = entry.waiting.insert(entry.waiting.end(), call);
    if (entry.fetch_call->last_failure) call->note_failure(*entry.fetch_call->last_failure);
    auto woken = co_await entry.fetched.wait(call);
    entry.waiting.erase(waiting);
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

// Tells those who wait for a token of its fetch.
class TokenCache::WaitingCalls : public CallListener {
 public:
  explicit WaitingCalls(const Entry& entry) : entry_(entry) {}
  void on_progress(const ProgressReport& report) override {
    for (const CallPtr& waiting : entry_.waiting) waiting->tell(report);
  }
  void on_failure(const Error& error) override {
    for (const CallPtr& waiting : entry_.waiting) waiting->note_failure(error);
  }
  void on_answer(const std::string&) override {}

 private:
  const Entry& entry_;
};

Task<Done> TokenCache::fetch(std::string scope) {
  auto call = std::make_shared<Call>();
  call->scheduler = &context_.scheduler;
  call->deadline = context_.scheduler.now() + kFetchTimeout;
  Entry& waited_for = entries_[scope];
  call->listener = std::make_shared<WaitingCalls>(waited_for);
  const CallPtr limits = call;
  waited_for.fetch_call = limits;
  std::function<Task<Result<AccessToken>>()> attempt = [this, limits, scope] {
    return fetch_once(limits, scope);
  };
  auto token = co_await retrier_.run<AccessToken>(limits, std::move(attempt));
  Entry& entry = entries_[scope];
  entry.fetching = false;
  keep(scope, std::move(token));
  entry.fetched.notify_all(context_.scheduler);
  co_return Done{};
}

void TokenCache::keep(const std::string& scope, Result<AccessToken> token) {
  Entry& entry = entries_[scope];
  const TimePoint now = context_.scheduler.now();
  if (token.ok()) {
    entry.token.emplace(std::move(token).value());
    entry.pause = std::chrono::seconds(0);
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(entry.token->expires_at -
                                                                            context_.scheduler.wall_now());
    if (logger_) {
      logger_({LogLevel::kDebug,
               "azure.token",
               {{"scope", scope}, {"expiresInMs", std::to_string(left.count())}}});
    }
  } else {
    entry.failure = token.error();
    entry.pause = pause_after(*entry.failure, entry.pause);
  }
  entry.fetch_after = now + entry.pause;
  entry.renew_after = now + std::max(kRenewPause, entry.pause);
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

}  // namespace dev8agent::internal::azure
