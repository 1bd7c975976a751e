// Tokens: one fetch for all who wait, renewed ahead of expiry, kept when the renewal fails, dropped when
// refused.
#include "azure/token_cache.h"

#include <doctest/doctest.h>

#include "support/flow_bench.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

const std::string kScope = "https://management.azure.com/.default";

// Hands out "token-1", "token-2" ... one second after it is asked, or fails with `failure`.
class FakeCredential final : public TokenCredential {
 public:
  std::string_view name() const override { return "Fake"; }
  void fetch(CredentialContext context, std::string scope, TimePoint, Completion completion) override {
    ++fetches;
    last_scope = std::move(scope);
    context.scheduler.call_at(context.scheduler.now() + seconds(1),
                              [this, &clock = context.scheduler, completion] {
                                if (failure) return completion(*failure);
                                AccessToken token;
                                token.token = Secret("token-" + std::to_string(fetches));
                                token.expires_at = clock.wall_now() + lifetime;
                                token.refresh_at = clock.wall_now() + refresh_in.value_or(lifetime);
                                completion(std::move(token));
                              });
  }

  std::optional<Error> failure;
  seconds lifetime{3600};
  std::optional<seconds> refresh_in;
  int fetches = 0;
  std::string last_scope;
};

struct Bench : FlowBench {
  std::shared_ptr<FakeCredential> credential = std::make_shared<FakeCredential>();
  std::vector<LogRecord> records;
  azure::TokenCache cache{credential, CredentialContext{*transport, scheduler, random()}, retrier,
                          [this](const LogRecord& record) { records.push_back(record); }};

  std::string get(const std::string& scope = kScope) {
    auto token = run(cache.get(make_call(), scope));
    return token.ok() ? *token : std::string(to_string(token.error().code));
  }
};

Error refused() {
  return make_error(ErrorCode::kAzureCredentials, "refused");
}

}  // namespace

TEST_CASE("token: fetched once for all who wait, then kept") {
  Bench bench;
  std::vector<std::shared_ptr<std::optional<Result<std::string>>>> waiters;
  for (int i = 0; i < 100; ++i) waiters.push_back(bench.start(bench.cache.get(bench.make_call(), kScope)));
  bench.drain();
  for (const auto& waiter : waiters) CHECK(waiter->value().value() == "token-1");
  CHECK(bench.credential->fetches == 1);
  CHECK(bench.credential->last_scope == kScope);
  const TimePoint before = bench.scheduler.now();
  CHECK(bench.get() == "token-1");
  CHECK(bench.scheduler.now() == before);
}

TEST_CASE("token: each one that is fetched is recorded with its end, and nothing else of it") {
  Bench bench;
  bench.credential->failure = refused();
  CHECK(bench.get() == "AZURE_CREDENTIALS");
  CHECK(bench.records.empty());
  bench.credential->failure.reset();
  bench.scheduler.advance(minutes(1));
  CHECK(bench.get() == "token-2");
  REQUIRE(bench.records.size() == 1);
  CHECK(bench.records[0].event == "azure.token");
  REQUIRE(bench.records[0].fields.size() == 2);
  CHECK(bench.records[0].fields[0].value == kScope);
  CHECK(bench.records[0].fields[1].value == "3600000");
}

TEST_CASE("token: each scope has its own") {
  Bench bench;
  CHECK(bench.get("a") == "token-1");
  CHECK(bench.get("b") == "token-2");
  CHECK(bench.get("a") == "token-1");
}

TEST_CASE("token: renewed in the background five minutes ahead of expiry, or when Azure advises") {
  Bench bench;
  SUBCASE("five minutes ahead") {
    bench.credential->lifetime = minutes(60);
  }
  SUBCASE("as advised") {
    bench.credential->lifetime = minutes(24 * 60);
    bench.credential->refresh_in = minutes(55);
  }
  CHECK(bench.get() == "token-1");
  bench.scheduler.advance(minutes(55) - seconds(1));
  CHECK(bench.get() == "token-1");
  CHECK(bench.credential->fetches == 1);
  bench.scheduler.advance(seconds(1));
  const TimePoint before = bench.scheduler.now();
  CHECK(bench.get() == "token-1");
  CHECK(bench.scheduler.now() == before);
  CHECK(bench.credential->fetches == 2);
  bench.scheduler.advance(seconds(2));
  CHECK(bench.get() == "token-2");
}

TEST_CASE("token: a valid one is kept while its renewal fails, and the renewal is not hammered") {
  Bench bench;
  CHECK(bench.get() == "token-1");
  bench.scheduler.advance(minutes(56));
  bench.credential->failure = refused();
  for (int i = 0; i < 180; ++i) {
    CHECK(bench.get() == "token-1");
    bench.scheduler.advance(seconds(1));
  }
  CHECK(bench.credential->fetches > 3);
  CHECK(bench.credential->fetches < 10);
  bench.scheduler.advance(minutes(2));
  CHECK(bench.get() == "AZURE_CREDENTIALS");
  bench.credential->failure.reset();
  bench.scheduler.advance(minutes(10));
  CHECK(bench.get().starts_with("token-"));
}

TEST_CASE("token: one that Azure refused is not given out again") {
  Bench bench;
  CHECK(bench.get() == "token-1");
  bench.cache.invalidate(kScope, "token-0");
  CHECK(bench.get() == "token-1");
  bench.cache.invalidate(kScope, "token-1");
  bench.cache.invalidate(kScope, "token-1");
  bench.cache.invalidate("another scope", "token-1");
  CHECK(bench.get() == "token-2");
  CHECK(bench.credential->fetches == 2);
}

TEST_CASE("token: all who wait learn of a failure, and a caller after the pause asks anew") {
  Bench bench;
  bench.credential->failure = refused();
  std::vector<std::shared_ptr<std::optional<Result<std::string>>>> waiters;
  for (int i = 0; i < 10; ++i) waiters.push_back(bench.start(bench.cache.get(bench.make_call(), kScope)));
  bench.drain();
  for (const auto& waiter : waiters) CHECK(waiter->value().error().code == ErrorCode::kAzureCredentials);
  CHECK(bench.credential->fetches == 1);
  bench.credential->failure.reset();
  bench.scheduler.advance(seconds(30));
  CHECK(bench.get() == "token-2");
}

TEST_CASE("token: after a refusal callers get it at once, and sign-ins become rare") {
  Bench bench;
  bench.credential->failure = refused();
  for (int second = 0; second < 3600; second += 5) {
    CHECK(bench.get() == "AZURE_CREDENTIALS");
    bench.scheduler.advance(seconds(5));
  }
  // After 30, 60, 120, 240 and 480 seconds, then every 10 minutes.
  CHECK(bench.credential->fetches <= 11);
  CHECK(bench.credential->fetches >= 9);
}

TEST_CASE("token: a failure that may pass is asked about again 5 s later, however often it came") {
  Bench bench;
  bench.credential->failure = make_error(ErrorCode::kAzureCredentials, "answered without a usable token");
  bench.credential->failure->retryable = bench.credential->failure->lasting = true;
  for (int i = 0; i < 20; ++i) {
    CHECK(bench.get() == "AZURE_CREDENTIALS");
    const int fetches = bench.credential->fetches;
    CHECK(bench.get() == "AZURE_CREDENTIALS");
    CHECK(bench.credential->fetches == fetches);  // answered from memory
    bench.scheduler.advance(seconds(5));
  }
  bench.credential->failure.reset();
  CHECK(bench.get().starts_with("token-"));
}

TEST_CASE("token: one in its last minutes is used, and renewed at most every 30 seconds") {
  Bench bench;
  bench.credential->lifetime = seconds(240);
  CHECK(bench.get() == "token-1");
  for (int second = 0; second < 200; second += 2) {
    const TimePoint before = bench.scheduler.now();
    CHECK(bench.get().starts_with("token-"));
    CHECK(bench.scheduler.now() == before);
    bench.scheduler.advance(seconds(2));
  }
  CHECK(bench.credential->fetches <= 8);
}

TEST_CASE("token: who runs out of time waiting for one learns why it did not come") {
  Bench bench;
  bench.credential->failure = make_error(ErrorCode::kAzureCredentials, "Entra gave no answer: no route");
  bench.credential->failure->retryable = true;
  const auto token = bench.run(bench.cache.get(bench.make_call(seconds(20)), kScope));
  REQUIRE_FALSE(token.ok());
  CHECK(token.error().code == ErrorCode::kTimeout);
  CHECK(token.error().message.find("Entra gave no answer: no route") != std::string::npos);
}

TEST_CASE("token: who waits is told each failure of the fetch, also one from before") {
  Bench bench;
  bench.credential->failure = make_error(ErrorCode::kAzureCredentials, "Entra gave no answer: no route");
  bench.credential->failure->retryable = true;
  const auto first = bench.make_call();
  const auto later = bench.make_call();
  auto waiting = bench.start(bench.cache.get(first, kScope));
  bench.scheduler.advance(seconds(2));
  REQUIRE(first->last_failure);
  CHECK(first->last_failure->message == "Entra gave no answer: no route");
  auto joined = bench.start(bench.cache.get(later, kScope));
  CHECK(later->last_failure);
  bench.credential->failure.reset();
  bench.drain();
  CHECK(waiting->value().ok());
  CHECK(joined->value().ok());
}

TEST_CASE("token: a refused token is replaced at once, also after a renewal that failed in passing") {
  Bench bench;
  CHECK(bench.get() == "token-1");
  bench.scheduler.advance(minutes(56));
  bench.credential->failure = make_error(ErrorCode::kAzureUnavailable, "Entra answered 503");
  bench.credential->failure->retryable = true;
  CHECK(bench.get() == "token-1");
  bench.scheduler.advance(minutes(2) + seconds(1));  // the renewal with its repeats is over
  bench.credential->failure.reset();
  bench.cache.invalidate(kScope, "token-1");
  const TimePoint before = bench.scheduler.now();
  CHECK(bench.get().starts_with("token-"));
  CHECK(bench.scheduler.now() - before <= seconds(1));
}

TEST_CASE("token: a passing failure is tried again") {
  Bench bench;
  bench.credential->failure = refused();
  bench.credential->failure->retryable = true;
  auto waiter = bench.start(bench.cache.get(bench.make_call(), kScope));
  bench.scheduler.advance(seconds(10));
  bench.credential->failure.reset();
  bench.drain();
  CHECK(waiter->value().ok());
  CHECK(bench.credential->fetches > 2);
}

TEST_CASE("token: who waits may be cancelled or run out of time; the others get theirs") {
  Bench bench;
  auto hurried = bench.start(bench.cache.get(bench.make_call(std::chrono::milliseconds(500)), kScope));
  auto call = bench.make_call();
  auto cancelled = bench.start(bench.cache.get(call, kScope));
  auto patient = bench.start(bench.cache.get(bench.make_call(), kScope));
  bench.scheduler.advance(std::chrono::milliseconds(600));
  call->cancellation->cancel("enough");
  bench.drain();
  CHECK(hurried->value().error().code == ErrorCode::kTimeout);
  CHECK(cancelled->value().error().code == ErrorCode::kCancelled);
  CHECK(patient->value().value() == "token-1");
}

TEST_CASE("token: one that is expired on arrival is an error, not a crash and not a loop") {
  Bench bench;
  bench.credential->lifetime = seconds(-600);
  CHECK(bench.get() == "AZURE_CREDENTIALS");
  CHECK(bench.credential->fetches <= 2);
}

TEST_CASE("token: the cache may go while a fetch is under way") {
  FlowBench bench;
  auto credential = std::make_shared<FakeCredential>();
  {
    azure::TokenCache cache(credential, CredentialContext{*bench.transport, bench.scheduler, bench.random()},
                            bench.retrier);
    TaskSet waiting;
    waiting.start(cache.get(bench.make_call(), kScope));
    bench.scheduler.run_one();
  }
  bench.drain();
  CHECK(credential->fetches <= 1);
}
