// The token on each request, its single renewal after a 401, and the time-out of one attempt.
#include "azure/bearer_sender.h"

#include <doctest/doctest.h>

#include "support/arm_bench.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;

namespace {

std::string tokens_used(const ArmBench& bench) {
  std::string text;
  for (const HttpRequest& request : bench.transport->requests) {
    text += std::string(find_header(request.headers, "Authorization").value_or("none")) + ";";
  }
  return text;
}

Result<HttpResponse> send(ArmBench& bench) {
  HttpRequest request;
  request.method = "POST";
  request.url = kArm + "/x";
  request.body = "body";
  return bench.run(bench.sender.send(bench.make_call(), request));
}

}  // namespace

TEST_CASE("bearer: a 401 is answered with a new token, once, and the same request") {
  ArmBench bench;
  bench.answers = {reply(401, arm_error("ExpiredAuthenticationToken")), reply(200, "fine")};
  CHECK(send(bench)->body == "fine");
  CHECK(tokens_used(bench) == "Bearer token-1;Bearer token-2;");
  CHECK(bench.transport->requests[1].body == "body");
  CHECK(send(bench)->body == "fine");
  CHECK(bench.credential->fetches == 2);
}

TEST_CASE("bearer: a second 401 is the answer") {
  ArmBench bench;
  bench.answers = {reply(401, "")};
  CHECK(send(bench)->status == 401);
  CHECK(bench.transport->requests.size() == 2);
  CHECK(bench.credential->fetches == 2);
}

TEST_CASE("bearer: no other status spends a token or a repeat") {
  ArmBench bench;
  for (int status : {200, 400, 403, 404, 407, 409, 429, 500, 503}) {
    bench.transport->requests.clear();
    bench.answers = {reply(status, "")};
    CHECK(send(bench)->status == status);
    CHECK(bench.transport->requests.size() == 1);
  }
  CHECK(bench.credential->fetches == 1);
}

TEST_CASE("bearer: a hundred requests refused together fetch one new token") {
  ArmBench bench;
  bench.transport->answer = [](const HttpRequest& request) {
    const bool old = find_header(request.headers, "Authorization") == "Bearer token-1";
    return reply(old ? 401 : 200, "");
  };
  std::vector<std::shared_ptr<std::optional<Result<HttpResponse>>>> outcomes;
  for (int i = 0; i < 100; ++i)
    outcomes.push_back(bench.start(bench.sender.send(bench.make_call(), HttpRequest{})));
  bench.drain();
  for (const auto& outcome : outcomes) CHECK(outcome->value()->status == 200);
  CHECK(bench.credential->fetches == 2);
}

TEST_CASE("arm: silence ends an attempt, not the operation; the deadline ends both") {
  ArmBench bench;
  int count = 0;
  bench.transport->answer = [&](const HttpRequest&) -> ScriptedTransport::Answer {
    if (++count <= 2) return std::nullopt;
    return reply(200, "{}");
  };
  CHECK(bench.run(bench.arm.read(bench.make_call(), "x", "GET", kArm + "/x")).ok());
  CHECK(count == 3);
  count = 0;
  const auto write = bench.run(bench.arm.send(bench.make_call(), "x", "PUT", kArm + "/x", "{}"));
  REQUIRE_FALSE(write.ok());
  CHECK(write.error().code == ErrorCode::kAzureUnavailable);
  CHECK(write.error().request_sent);
  CHECK(write.error().retryable);
  count = 0;
  const auto late =
      bench.run(bench.arm.send(bench.make_call(std::chrono::seconds(1)), "x", "PUT", kArm + "/x", "{}"));
  CHECK(late.error().code == ErrorCode::kTimeout);
}

TEST_CASE("arm: its own origin, and no other") {
  ArmBench bench;
  CHECK(bench.arm.owns("https://management.azure.com/x"));
  CHECK(bench.arm.owns("HTTPS://Management.Azure.com/x"));
  for (const char* url :
       {"", "https://management.azure.com", "https://management.azure.com.evil/x", "https://evil/x",
        "http://management.azure.com/x", "https://management.azure.com:444/x",
        "https://management.azure.com\\@evil/x", "//management.azure.com/x"}) {
    CAPTURE(std::string(url));
    CHECK_FALSE(bench.arm.owns(url));
  }
  CHECK(azure::path_segment("a/b?c#d..") == "a%2Fb%3Fc%23d..");
}
