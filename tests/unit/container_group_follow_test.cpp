// Where container group calls lead: operations to follow and lists of many pages, on ARM's own origin alone.
#include "azure/container_groups.h"

#include <doctest/doctest.h>

#include "support/arm_bench.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;

TEST_CASE("groups: the operation to follow is Azure-AsyncOperation on ARM's own origin, verbatim") {
  ArmBench bench;
  struct Row {
    std::vector<HttpHeader> headers;
    std::string expected;
  };
  const Row rows[] = {
      {{}, ""},
      {{{"Azure-AsyncOperation", kOperation}}, kOperation},
      {{{"azure-asyncoperation", kOperation}, {"Location", kArm + "/other"}}, kOperation},
      {{{"Operation-Location", kOperation}}, kOperation},
      {{{"Azure-AsyncOperation", "https://evil.example/steal"}}, ""},
      {{{"Azure-AsyncOperation", "https://management.azure.com.evil.example/steal"}}, ""},
      {{{"Azure-AsyncOperation", "https://management.azure.com@evil.example/steal"}}, ""},
      {{{"Azure-AsyncOperation", "http://management.azure.com/subscriptions/s"}}, ""},
      {{{"Azure-AsyncOperation", "/relative"}}, ""},
      {{{"Azure-AsyncOperation", ""}}, ""},
  };
  for (const Row& row : rows) {
    for (int status : {202, 204}) {
      bench.answers = {reply(status, "", row.headers)};
      CHECK(bench.run(bench.groups.start(bench.make_call(), "rg", "aci-x"))->operation_url == row.expected);
    }
  }
  bench.answers = {reply(200, R"({"id":"x","status":"Pending"})")};
  CHECK(bench.run(bench.groups.operation(bench.make_call(), kOperation)).ok());
  CHECK(bench.last().url == kOperation);
}

TEST_CASE("groups: an operation's answer must have a status") {
  ArmBench bench;
  for (const char* body : {"", "{}", "<html>", R"({"status":7})", "[]"}) {
    bench.answers = {reply(200, body)};
    const auto outcome = bench.run(bench.groups.operation(bench.make_call(), kOperation));
    REQUIRE_FALSE(outcome.ok());
    CHECK(outcome.error().retryable);
  }
  bench.answers = {reply(404, arm_error("OperationNotFound"))};
  CHECK_FALSE(bench.run(bench.groups.operation(bench.make_call(), kOperation)).error().retryable);
}

TEST_CASE("groups: a list follows nextLink verbatim, on ARM's own origin alone") {
  ArmBench bench;
  const std::string next = kArm + "/subscriptions/s/next?api-version=2025-09-01&$skiptoken=a%2Fb+c";
  const auto page = [](const std::string& name, const std::string& link) {
    return reply(200, R"({"value":[{"name":")" + name + R"(","properties":{}}])" +
                          (link.empty() ? "}" : R"(,"nextLink":")" + link + "\"}"));
  };
  bench.answers = {page("a", next), reply(429, "", {{"Retry-After", "3"}}), page("b", "")};
  const auto listed = bench.run(bench.groups.list(bench.make_call(), "rg"));
  REQUIRE(listed.ok());
  REQUIRE(listed->groups.size() == 2);
  CHECK(listed->groups.at(1).name == "b");
  CHECK(bench.last().url == next);
  for (const char* foreign :
       {"https://evil.example/x", "http://management.azure.com/x", "/x", "https://management.azure.com"}) {
    CAPTURE(std::string(foreign));
    const std::size_t before = bench.transport->requests.size();
    bench.answers = {page("a", foreign)};
    CHECK_FALSE(bench.run(bench.groups.list(bench.make_call(), "rg")).ok());
    CHECK(bench.transport->requests.size() == before + 1);
  }
  bench.answers = {reply(200, R"({"value":{}})")};
  CHECK_FALSE(bench.run(bench.groups.list(bench.make_call(std::chrono::seconds(5)), "rg")).ok());
  bench.answers = {page("a", next)};
  CHECK_FALSE(bench.run(bench.groups.list(bench.make_call(), "rg")).ok());  // a chain of pages without end
}
