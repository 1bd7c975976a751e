// Container group calls: what is asked, and which answers count as what.
#include "azure/container_groups.h"

#include <doctest/doctest.h>

#include "support/arm_bench.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;

TEST_CASE("groups: paths, versions and headers of each call") {
  ArmBench bench;
  bench.answers = {reply(200, kGroupBody)};
  const std::string group =
      kArm +
      "/subscriptions/33333333-3333-4333-8333-333333333333/resourceGroups/r%20g/providers/"
      "Microsoft.ContainerInstance/containerGroups/aci-x";
  CHECK(bench.run(bench.groups.get(bench.make_call(), "r g", "aci-x")).ok());
  CHECK(bench.last().method == "GET");
  CHECK(bench.last().url == group + "?api-version=2025-09-01");
  CHECK(find_header(bench.last().headers, "Authorization") == "Bearer token-1");
  CHECK(find_header(bench.last().headers, "x-ms-client-request-id").value_or("").size() == 36);
  CHECK_FALSE(find_header(bench.last().headers, "Content-Type").has_value());
  CHECK(bench.run(bench.groups.put(bench.make_call(), "r g", "aci-x", "{}")).ok());
  CHECK(bench.last().method == "PUT");
  CHECK(bench.last().url == group + "?api-version=2025-09-01");
  CHECK(find_header(bench.last().headers, "Content-Type") == "application/json");
  CHECK(bench.run(bench.groups.remove(bench.make_call(), "r g", "aci-x")).ok());
  CHECK(bench.last().method == "DELETE");
  bench.answers = {reply(204, "")};
  CHECK(bench.run(bench.groups.start(bench.make_call(), "r g", "aci-x")).ok());
  CHECK(bench.last().method + " " + bench.last().url == "POST " + group + "/start?api-version=2025-09-01");
  CHECK(bench.run(bench.groups.stop(bench.make_call(), "r g", "aci-x")).ok());
  CHECK(bench.last().url == group + "/stop?api-version=2025-09-01");
  CHECK(bench.run(bench.groups.restart(bench.make_call(), "r g", "aci-x")).ok());
  CHECK(bench.last().url == group + "/restart?api-version=2025-09-01");
}

TEST_CASE("groups: the caller's trace id goes on to Azure in the form that Azure takes") {
  ArmBench bench;
  bench.answers = {reply(200, kGroupBody)};
  const auto sent = [&bench](const std::string& request_id, const std::string& trace_id = "") {
    auto call = std::make_shared<Call>(*bench.make_call());
    call->names = std::make_shared<const CallNames>(CallNames{request_id, trace_id, ""});
    CHECK(bench.run(bench.groups.get(call, "r g", "aci-x")).ok());
    return find_header(bench.last().headers, "x-ms-client-request-id").value_or("");
  };
  CHECK(sent("4bf92f3577b34da6a3ce929d0e0e4736") == "4bf92f35-77b3-4da6-a3ce-929d0e0e4736");
  CHECK(sent("health").size() == 36);
  const std::string own = "00000000-1111-4222-8333-444444444444";
  CHECK(sent(own, "4bf92f3577b34da6a3ce929d0e0e4736") == "4bf92f35-77b3-4da6-a3ce-929d0e0e4736");
  CHECK(sent(own, "no trace id") == own);
  CHECK(sent(own) == own);
}

TEST_CASE("groups: only ResourceNotFound is absence") {
  ArmBench bench;
  bench.answers = {reply(404, arm_error("ResourceNotFound"))};
  const auto absent = bench.run(bench.groups.get(bench.make_call(), "rg", "aci-x"));
  REQUIRE(absent.ok());
  CHECK_FALSE(absent->group.has_value());
  const std::pair<int, std::string> others[] = {
      {404, arm_error("ResourceGroupNotFound")},
      {404, arm_error("SubscriptionNotFound")},
      {404, arm_error("ContainerGroupDeploymentNotReady")},
      {404, arm_error("NotFound")},
      {404, kHtml},
      {404, ""},
      {404, R"({"error":{"code":"ResourceNotF)"},
      {403, arm_error("AuthorizationFailed")},
      {410, arm_error("ResourceNotFound")},
      {500, arm_error("ResourceNotFound")},
      {200, kHtml},
      {200, ""},
      {200, "{}"},
      {200, "[]"},
      {200, R"({"name":"aci-x"})"},
      {200, R"({"name":"another","properties":{}})"},
      {200, R"({"value":[]})"},
      {204, ""},
  };
  for (const auto& [status, body] : others) {
    CAPTURE(status);
    CAPTURE(body);
    bench.answers = {reply(status, body)};
    CHECK_FALSE(bench.run(bench.groups.get(bench.make_call(std::chrono::seconds(30)), "rg", "aci-x")).ok());
  }
}

TEST_CASE("groups: reads repeat themselves, writes do not") {
  ArmBench bench;
  bench.answers = {reply(503, ""), reply(200, kHtml), reply(200, R"({"name":"aci)"), reply(200, kGroupBody)};
  CHECK(bench.run(bench.groups.get(bench.make_call(), "rg", "ACI-X"))->group.has_value());
  CHECK(bench.transport->requests.size() == 4);
  bench.answers = {reply(503, "")};
  for (int i = 0; i < 5; ++i) {
    const std::size_t before = bench.transport->requests.size();
    auto call = bench.make_call();
    auto outcome = i == 0   ? bench.run(bench.groups.put(call, "rg", "aci-x", "{}"))
                   : i == 1 ? bench.run(bench.groups.start(call, "rg", "aci-x"))
                   : i == 2 ? bench.run(bench.groups.stop(call, "rg", "aci-x"))
                   : i == 3 ? bench.run(bench.groups.restart(call, "rg", "aci-x"))
                            : bench.run(bench.groups.remove(call, "rg", "aci-x"));
    CHECK(outcome.error().code == ErrorCode::kAzureUnavailable);
    CHECK(bench.transport->requests.size() == before + 1);
  }
}

TEST_CASE("groups: a write's success is what the API promises; anything else leaves the effect open") {
  ArmBench bench;
  struct Row {
    int status;
    std::string body;
    bool ok;
    bool created;
  };
  const Row puts[] = {{201, kGroupBody, true, true}, {200, kGroupBody, true, false},
                      {200, kHtml, false, false},    {200, "", false, false},
                      {200, "{}", false, false},     {204, "", false, false},
                      {202, "", false, false},       {200, R"({"name":"another"})", false, false}};
  for (const Row& row : puts) {
    CAPTURE(row.status);
    CAPTURE(row.body);
    bench.answers = {reply(row.status, row.body)};
    const auto outcome = bench.run(bench.groups.put(bench.make_call(), "rg", "aci-x", "{}"));
    CHECK(outcome.ok() == row.ok);
    if (outcome.ok()) {
      CHECK(outcome->created == row.created);
    } else {
      CHECK(outcome.error().request_sent);
      CHECK(outcome.error().retryable);
    }
  }
  for (int status : {200, 201}) {
    bench.answers = {reply(status, kHtml)};
    CHECK_FALSE(bench.run(bench.groups.stop(bench.make_call(), "rg", "aci-x")).ok());
    CHECK_FALSE(bench.run(bench.groups.start(bench.make_call(), "rg", "aci-x")).ok());
  }
}

TEST_CASE("delete of tags: names with their values are sent, and the tags come back as they are then") {
  ArmBench bench;
  bench.answers = {reply(200, R"({"name":"default","properties":{"tags":{"c":"d"}}})")};
  std::map<std::string, std::string> tags = {{"a", "b"}};
  const auto left = bench.run(bench.groups.delete_tags(bench.make_call(), "rg", "aci-x", tags));
  REQUIRE(left.ok());
  CHECK(*left == std::map<std::string, std::string>{{"c", "d"}});
  CHECK(bench.last().method == "PATCH");
  CHECK(bench.last().label == "tags.delete");
  CHECK(bench.last().body == R"({"operation":"Delete","properties":{"tags":{"a":"b"}}})");
}

TEST_CASE("merge of tags: what is sent, and the tags as they are then") {
  ArmBench bench;
  const auto merge = [&] {
    std::map<std::string, std::string> tags = {{"a", "b"}};
    return bench.run(bench.groups.merge_tags(bench.make_call(), "rg", "aci-x", tags));
  };
  bench.answers = {reply(200, R"({"name":"default","properties":{"tags":{"a":"b","c":"d"}}})")};
  const auto merged = merge();
  REQUIRE(merged.ok());
  CHECK(*merged == std::map<std::string, std::string>{{"a", "b"}, {"c", "d"}});
  const HttpRequest& sent = bench.last();
  CHECK(sent.method == "PATCH");
  CHECK(sent.url.find("/containerGroups/aci-x/providers/Microsoft.Resources/tags/default?") !=
        std::string::npos);
  CHECK(sent.body == R"({"operation":"Merge","properties":{"tags":{"a":"b"}}})");
  const std::string malformed[] = {kHtml, "", "{}", R"({"properties":{}})", R"({"properties":{"tags":7}})"};
  for (const std::string& body : malformed) {
    CAPTURE(body);
    bench.answers = {reply(200, body)};
    const auto refused = merge();
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().request_sent);
  }
}
