// ArmBench: the library's ARM clients on virtual time, with answers that the test writes.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "azure/arm_client.h"
#include "azure/bearer_sender.h"
#include "azure/container_groups.h"
#include "azure/token_cache.h"
#include "base/sender.h"
#include "support/flow_bench.h"

namespace dev8agent::test {

using namespace internal;

inline const std::string kArm = "https://management.azure.com";

// "token-1", "token-2" ... at once, good for an hour.
class CountingCredential final : public TokenCredential {
 public:
  std::string_view name() const override { return "Counting"; }
  void fetch(CredentialContext context, std::string, TimePoint, Completion completion) override {
    const WallTime expiry = context.scheduler.wall_now() + std::chrono::hours(1);
    AccessToken token{Secret("token-" + std::to_string(++fetches)), expiry, expiry};
    auto shared = std::make_shared<AccessToken>(std::move(token));
    context.scheduler.post([completion, shared] { completion(std::move(*shared)); });
  }
  int fetches = 0;
};

struct ArmBench : FlowBench {
  std::shared_ptr<CountingCredential> credential = std::make_shared<CountingCredential>();
  TransportSender wire{transport};
  azure::TokenCache tokens{credential, CredentialContext{*transport, scheduler, random()}, retrier};
  azure::BearerSender sender{wire, tokens, kArm + "/.default"};
  azure::ArmClient arm{scheduler, sender, retrier, random(), kArm, "33333333-3333-4333-8333-333333333333"};
  azure::ContainerGroups groups{arm, "2025-09-01"};

  // Answers to come, in order; the last one is repeated.
  std::deque<HttpResponse> answers;

  ArmBench() {
    transport->answer = [this](const HttpRequest&) -> ScriptedTransport::Answer {
      HttpResponse next = answers.front();
      if (answers.size() > 1) answers.pop_front();
      return next;
    };
  }
  const HttpRequest& last() const { return transport->requests.back(); }
};

inline std::string arm_error(const std::string& code, const std::string& message = "why") {
  return R"({"error":{"code":")" + code + R"(","message":")" + message + R"("}})";
}

// A container group, and the URL of the operation that its PUT starts, which is as long as Azure's.
inline const std::string kGroupBody =
    R"({"name":"aci-x","location":"eastus","properties":{"provisioningState":"Succeeded"}})";
inline const std::string kOperation =
    kArm +
    "/subscriptions/s/providers/Microsoft.ContainerInstance/locations/eastus/operations/o"
    "?api-version=2018-06-01&t=1&c=%2F&s=" +
    std::string(3800, 'x');

inline const std::string kHtml = "<html><body>Sign in to the guest network</body></html>";

}  // namespace dev8agent::test
