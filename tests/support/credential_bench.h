// CredentialBench: a credential on virtual time, with a transport whose answers a test
// writes itself. For tests of the single credentials (client secret, certificate,
// managed identity) and of the default chain.
#pragma once

#include <doctest/doctest.h>

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dev8agent/credential.h"
#include "dev8agent/emulator.h"

namespace dev8agent::test {

// Answers each request in the next piece of work. Simpler than ScriptedTransport: there
// is no latency, cancel() does nothing, and a cancelled request completes all the same.
// Must outlive the requests.
class FakeTransport final : public Transport {
 public:
  // Nothing: silence until the request's deadline, then kTimeout.
  using Answer = std::optional<Result<HttpResponse>>;

  // The scheduler must outlive the transport.
  explicit FakeTransport(Scheduler& scheduler) : scheduler_(scheduler) {}

  // Asked inside send(). Must be set before the first request.
  std::function<Answer(const HttpRequest&)> answer;
  std::vector<HttpRequest> requests;  // all so far, in order

  // Ids count from 1. A later change of `answer` does not touch requests that were sent
  // before it.
  RequestId send(HttpRequest request, Completion completion) override {
    requests.push_back(request);
    // Never from inside send(), as the contract of Transport says.
    Answer reply = answer(request);
    if (reply) {
      scheduler_.post([completion, reply] { completion(*reply); });
    } else {
      scheduler_.call_at(request.deadline,
                         [completion] { completion(make_error(ErrorCode::kTimeout, "too late")); });
    }
    return requests.size();
  }
  void cancel(RequestId) override {}

  // The labels of the requests so far (HttpRequest::label), each followed by a space:
  // which endpoints were asked.
  std::string labels() const {
    std::string text;
    for (const HttpRequest& request : requests) text += request.label + " ";
    return text;
  }

 private:
  // Not owned: the scheduler of the bench.
  Scheduler& scheduler_;
};

// An answer without the headers that real servers add.
inline HttpResponse http(int status, std::string body, std::vector<HttpHeader> headers = {}) {
  return {status, std::move(headers), std::move(body)};
}

// A scheduler, a transport, and what a credential needs of both. Example:
//
//   CredentialBench bench;
//   bench.transport.answer = [](const HttpRequest&) { return http(401, "{}"); };
//   auto credential = make_client_secret_credential(options);
//   CHECK_FALSE(bench.fetch(*credential).ok());
//   CHECK(bench.transport.requests.size() == 1);
class CredentialBench {
 public:
  // Time passes only in fetch() and in the scheduler's own functions, such as
  // advance().
  emulator::VirtualScheduler scheduler;
  FakeTransport transport{scheduler};

  // What a credential is given for a fetch. Its random bytes are one byte, repeated;
  // each call takes the next one. So they are the same in every run.
  CredentialContext context() {
    return {transport, scheduler,
            [this](std::size_t count) { return std::string(count, static_cast<char>(++random_)); }};
  }

  // Runs one fetch to its end and checks that it completes exactly once, and not from
  // inside fetch(). Its deadline is 120 s of virtual time away.
  Result<AccessToken> fetch(TokenCredential& credential,
                            const std::string& scope = "https://management.azure.com/.default") {
    // Result has no empty state, so the outcome is kept in an optional.
    std::optional<Result<AccessToken>> outcome;
    int calls = 0;  // of the completion
    // The credential is also told for which resource: `scope`, by default Azure
    // Resource Manager.
    credential.fetch(context(), scope, scheduler.now() + std::chrono::seconds(120),
                     [&](Result<AccessToken> token) {
                       ++calls;
                       outcome.emplace(std::move(token));
                     });
    // The contract of TokenCredential: one completion, and none before fetch() has
    // returned.
    CHECK(calls == 0);  // not from inside fetch()
    while (scheduler.run_one()) {
    }
    REQUIRE(calls == 1);  // and once only
    return std::move(*outcome);
  }

 private:
  int random_ = 0;
};

// The settings of an application in a tenant, without a secret: a test adds the secret
// or certificate that it is about.
inline CredentialOptions application() {
  CredentialOptions options;
  options.tenant_id = "11111111-1111-4111-8111-111111111111";
  options.client_id = "22222222-2222-4222-8222-222222222222";
  return options;
}

}  // namespace dev8agent::test
