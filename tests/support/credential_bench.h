// CredentialBench: a credential on virtual time, with a transport whose answers a test writes itself.
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

class FakeTransport final : public Transport {
 public:
  // Nothing: silence until the request's deadline.
  using Answer = std::optional<Result<HttpResponse>>;

  explicit FakeTransport(Scheduler& scheduler) : scheduler_(scheduler) {}

  std::function<Answer(const HttpRequest&)> answer;
  std::vector<HttpRequest> requests;

  RequestId send(HttpRequest request, Completion completion) override {
    requests.push_back(request);
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

  // The labels of the requests so far, each followed by a space.
  std::string labels() const {
    std::string text;
    for (const HttpRequest& request : requests) text += request.label + " ";
    return text;
  }

 private:
  Scheduler& scheduler_;
};

inline HttpResponse http(int status, std::string body, std::vector<HttpHeader> headers = {}) {
  return {status, std::move(headers), std::move(body)};
}

class CredentialBench {
 public:
  emulator::VirtualScheduler scheduler;
  FakeTransport transport{scheduler};

  CredentialContext context() {
    return {transport, scheduler,
            [this](std::size_t count) { return std::string(count, static_cast<char>(++random_)); }};
  }

  // Runs one fetch to its end and checks that it completes once, and not from inside fetch().
  Result<AccessToken> fetch(TokenCredential& credential,
                            const std::string& scope = "https://management.azure.com/.default") {
    std::optional<Result<AccessToken>> outcome;
    int calls = 0;
    credential.fetch(context(), scope, scheduler.now() + std::chrono::seconds(120),
                     [&](Result<AccessToken> token) {
                       ++calls;
                       outcome.emplace(std::move(token));
                     });
    CHECK(calls == 0);
    while (scheduler.run_one()) {
    }
    REQUIRE(calls == 1);
    return std::move(*outcome);
  }

 private:
  int random_ = 0;
};

// The settings of an application in a tenant.
inline CredentialOptions application() {
  CredentialOptions options;
  options.tenant_id = "11111111-1111-4111-8111-111111111111";
  options.client_id = "22222222-2222-4222-8222-222222222222";
  return options;
}

}  // namespace dev8agent::test
