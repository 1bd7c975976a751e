// ArmBench: the library's ARM clients on virtual time, with answers that the test
// writes. Everything from the token cache to the client of container groups is real;
// only the network is not.
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

// Azure Resource Manager of the public cloud.
inline const std::string kArm = "https://management.azure.com";

// "token-1", "token-2" ... at once, good for an hour. Tests read `fetches` to see when
// a new one was asked for.
class CountingCredential final : public TokenCredential {
 public:
  std::string_view name() const override { return "Counting"; }
  void fetch(CredentialContext context, std::string, TimePoint, Completion completion) override {
    const WallTime expiry = context.scheduler.wall_now() + std::chrono::hours(1);
    AccessToken token{Secret("token-" + std::to_string(++fetches)), expiry, expiry};
    auto shared = std::make_shared<AccessToken>(std::move(token));
    context.scheduler.post([completion, shared] { completion(std::move(*shared)); });
  }
  int fetches = 0;  // how many tokens were asked for
};

// A FlowBench with clients of Azure Resource Manager. Example:
//
//   ArmBench bench;
//   bench.answers = {reply(200, kGroupBody)};
//   auto group = bench.run(bench.groups.get(bench.make_call(), "dev8", "aci-x"));
//   CHECK(bench.last().method == "GET");
//
// The members depend on each other in this order.
struct ArmBench : FlowBench {
  std::shared_ptr<CountingCredential> credential = std::make_shared<CountingCredential>();
  TransportSender wire{transport};  // puts requests on the scripted transport
  // Asks the credential, keeps its token.
  azure::TokenCache tokens{credential, CredentialContext{*transport, scheduler, random()}, retrier};
  azure::BearerSender sender{wire, tokens, kArm + "/.default"};  // adds the token to each request
  azure::ArmClient arm{scheduler, sender, retrier, random(), kArm, "33333333-3333-4333-8333-333333333333"};
  azure::ContainerGroups groups{arm, "2025-09-01"};  // of this api-version

  // Answers to come, in order; the last one is repeated. Must not be empty when a
  // request is sent.
  std::deque<HttpResponse> answers;

  ArmBench() {
    transport->answer = [this](const HttpRequest&) -> ScriptedTransport::Answer {
      HttpResponse next = answers.front();
      if (answers.size() > 1) answers.pop_front();
      return next;
    };
  }
  // The request that was sent last.
  const HttpRequest& last() const { return transport->requests.back(); }
};

// The body of an error of Azure Resource Manager. Both texts must be fit for JSON as
// they are.
inline std::string arm_error(const std::string& code, const std::string& message = "why") {
  return R"({"error":{"code":")" + code + R"(","message":")" + message + R"("}})";
}

// A container group, and the URL of the operation that its PUT starts, which is as long
// as Azure's (about 4 KB) and has characters that a client must not encode again.
inline const std::string kGroupBody =
    R"({"name":"aci-x","location":"eastus","properties":{"provisioningState":"Succeeded"}})";
inline const std::string kOperation =
    kArm +
    "/subscriptions/s/providers/Microsoft.ContainerInstance/locations/eastus/operations/o"
    "?api-version=2018-06-01&t=1&c=%2F&s=" +
    std::string(3800, 'x');

// What a captive portal or a proxy answers in place of Azure.
inline const std::string kHtml = "<html><body>Sign in to the guest network</body></html>";

}  // namespace dev8agent::test
