// make_callback_credential(): a function of the program, on a thread of its own for each fetch.
#include <algorithm>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include "azure/credentials/outcome.h"

namespace dev8agent {
inline namespace DEV8AGENT_ABI {

using namespace internal;
namespace {

constexpr std::chrono::milliseconds kFirstLook{1};
constexpr std::chrono::milliseconds kLongestPause{50};

// What the thread and the loop share. It lives as long as one of them needs it, and leads to neither: the
// thread cannot tell whether the scheduler still exists, so the loop comes and looks.
struct Answer {
  std::mutex mutex;
  std::optional<Result<AccessToken>> token;  // guarded; none: the function has not returned
};

std::optional<Result<AccessToken>> take(Answer& answer) {
  std::lock_guard lock(answer.mutex);
  return std::exchange(answer.token, std::nullopt);
}

// A token that cannot be used is an error of the function's, here rather than at Azure.
Result<AccessToken> checked(Result<AccessToken> token) {
  if (token.ok() && token->token.empty())
    return azure::credential_error("the callback returned an empty token");
  return token;
}

// One fetch. Owned by the next timer, so that a scheduler that ends ends it.
struct Fetch {
  Scheduler& scheduler;
  TimePoint deadline;
  std::shared_ptr<Answer> answer;
  TokenCredential::Completion completion;
};

void look_later(std::shared_ptr<Fetch> fetch, std::chrono::milliseconds wait) {
  Scheduler& scheduler = fetch->scheduler;
  const TimePoint due = std::min(fetch->deadline, scheduler.now() + wait);
  scheduler.call_at(due, [fetch = std::move(fetch), wait]() mutable {
    if (auto token = take(*fetch->answer)) return fetch->completion(checked(std::move(*token)));
    if (fetch->scheduler.now() < fetch->deadline)
      return look_later(std::move(fetch), std::min(2 * wait, kLongestPause));
    Error error = azure::credential_error("the callback did not return in time");
    error.retryable = true;
    fetch->completion(std::move(error));
  });
}

class CallbackCredential final : public TokenCredential {
 public:
  explicit CallbackCredential(TokenFunction function) : function_(std::move(function)) {}
  std::string_view name() const override { return "Callback"; }

  void fetch(CredentialContext context, std::string scope, TimePoint deadline,
             Completion completion) override {
    if (!function_) {
      return azure::fail(context, std::move(completion), azure::credential_error("the callback is empty"));
    }
    auto answer = std::make_shared<Answer>();
    try {
      std::thread([function = function_, scope = std::move(scope), deadline, answer] {
        auto token = function(scope, deadline);
        std::lock_guard lock(answer->mutex);
        answer->token.emplace(std::move(token));
      }).detach();
    } catch (const std::system_error&) {
      Error error = make_error(ErrorCode::kInternal, "the system has no thread for the callback");
      error.retryable = true;
      return azure::fail(context, std::move(completion), std::move(error));
    }
    look_later(
        std::make_shared<Fetch>(Fetch{context.scheduler, deadline, std::move(answer), std::move(completion)}),
        kFirstLook);
  }

 private:
  TokenFunction function_;
};

}  // namespace

std::shared_ptr<TokenCredential> make_callback_credential(TokenFunction function) {
  return std::make_shared<CallbackCredential>(std::move(function));
}

}  // namespace DEV8AGENT_ABI
}  // namespace dev8agent
