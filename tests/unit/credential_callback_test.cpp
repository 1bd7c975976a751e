// The callback credential: a function that may block, on a thread of its own.
#include <future>
#include <thread>

#include "support/credential_bench.h"

using namespace dev8agent;
using namespace dev8agent::test;

namespace {

const std::string kScope = "https://management.azure.com/.default";

// Fetches on the machine's clock, because a thread takes real time.
struct Bench {
  std::shared_ptr<Scheduler> scheduler = make_default_scheduler().value();
  FakeTransport transport{*scheduler};

  // The fetch is given up after `patience`.
  std::future<Result<AccessToken>> fetch(std::shared_ptr<TokenCredential> credential,
                                         std::chrono::milliseconds patience = std::chrono::minutes(1)) {
    auto promise = std::make_shared<std::promise<Result<AccessToken>>>();
    auto future = promise->get_future();
    scheduler->post([this, credential, promise, patience] {
      credential->fetch({transport, *scheduler, nullptr}, kScope, scheduler->now() + patience,
                        [this, promise](Result<AccessToken> token) {
                          CHECK(scheduler->on_loop_thread());
                          promise->set_value(std::move(token));
                        });
    });
    return future;
  }
};

AccessToken token_of(const std::string& text) {
  const WallTime end = WallTime(std::chrono::seconds(1768469400));
  return AccessToken{Secret(text), end, end};
}

// Keeps the promise when the thread that calls this ends. A promise's own set_value_at_thread_exit() works
// inside the standard library, where the thread sanitizer does not see that one thread waits for the other.
void keep_at_thread_end(std::shared_ptr<std::promise<void>> promise) {
  struct Keeper {
    std::shared_ptr<std::promise<void>> promise;
    ~Keeper() {
      if (promise) promise->set_value();
    }
  };
  thread_local Keeper keeper;
  keeper.promise = std::move(promise);
}

}  // namespace

TEST_CASE("callback credential: the function gets the scope, on a thread of its own, and may block") {
  Bench bench;
  std::promise<void> go;
  std::thread::id ran_on;
  const auto credential = make_callback_credential([&](const std::string& scope, TimePoint) {
    ran_on = std::this_thread::get_id();
    go.get_future().wait();
    return Result<AccessToken>(token_of("for " + scope));
  });
  CHECK(credential->name() == "Callback");
  auto fetched = bench.fetch(credential);
  // The loop goes on while the function blocks.
  std::promise<std::thread::id> loop;
  bench.scheduler->post([&] { loop.set_value(std::this_thread::get_id()); });
  const auto loop_thread = loop.get_future().get();
  go.set_value();
  const auto token = fetched.get();
  REQUIRE(token.ok());
  CHECK(token->token.reveal() == "for " + kScope);
  CHECK(token->expires_at == WallTime(std::chrono::seconds(1768469400)));
  CHECK(ran_on != loop_thread);
  CHECK(ran_on != std::this_thread::get_id());
}

TEST_CASE("callback credential: its error is the fetch's; what cannot be a token is refused") {
  Bench bench;
  const auto failing = make_callback_credential([](const std::string&, TimePoint) {
    return Result<AccessToken>(make_error(ErrorCode::kAzureCredentials, "the broker is closed"));
  });
  CHECK(bench.fetch(failing).get().error().message == "the broker is closed");
  const auto empty = make_callback_credential(
      [](const std::string&, TimePoint) { return Result<AccessToken>(token_of("")); });
  CHECK(bench.fetch(empty).get().error().code == ErrorCode::kAzureCredentials);
  CHECK(bench.fetch(make_callback_credential(nullptr)).get().error().message == "the callback is empty");
}

TEST_CASE("callback credential: a function that does not return is given up at the deadline") {
  Bench bench;
  auto held = std::make_shared<std::promise<void>>();
  auto ended = std::make_shared<std::promise<void>>();
  const auto credential = make_callback_credential([held, ended](const std::string&, TimePoint) {
    held->get_future().wait();
    keep_at_thread_end(ended);
    return Result<AccessToken>(token_of("late"));
  });
  const auto token = bench.fetch(credential, std::chrono::milliseconds(30)).get();
  CHECK(token.error().code == ErrorCode::kAzureCredentials);
  CHECK(token.error().retryable);
  held->set_value();
  ended->get_future().wait();
}

TEST_CASE("callback credential: the scheduler may end while the function blocks") {
  auto held = std::make_shared<std::promise<void>>();
  auto ended = std::make_shared<std::promise<void>>();
  auto began = std::make_shared<std::promise<void>>();
  const auto credential = make_callback_credential([=](const std::string&, TimePoint) {
    began->set_value();
    held->get_future().wait();
    keep_at_thread_end(ended);
    return Result<AccessToken>(token_of("late"));
  });
  {
    Bench bench;
    auto never = bench.fetch(credential);
    began->get_future().wait();
  }
  held->set_value();
  ended->get_future().wait();
}
