// What start and delete take beyond their target: the create fields again, and force.
#include <doctest/doctest.h>

#include "dev8agent/wire.h"
#include "support/plan_samples.h"
#include "support/wire_samples.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;

namespace {

const AgentSettings& settings() {
  static const AgentSettings kept = sample_settings();
  return kept;
}

const std::string kId = kSampleId;

}  // namespace

TEST_CASE("force: true or false in query or body, and both the same") {
  struct Row {
    std::string query;
    std::string body;
    std::string bad;
    bool force;
  };
  const Row rows[] = {
      {"", "", "-", false},
      {"true", "", "-", true},
      {"false", "", "-", false},
      {"", R"({"force":true})", "-", true},
      {"", R"({"force":false})", "-", false},
      {"true", R"({"force":true})", "-", true},
      {"true", R"({"force":false})", "force ", false},
      {"false", R"({"force":true})", "force ", false},
      {"1", "", "force ", false},
      {"TRUE", "", "force ", false},
      {"yes", "", "force ", false},
      {"", R"({"force":"true"})", "force ", false},
      {"", R"({"force":1})", "force ", false},
      {"", R"({"force":null})", "-", false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.query);
    CAPTURE(row.body);
    const auto request = parse_delete(kId, {"", row.query}, row.body, settings());
    CHECK(bad_fields(request) == row.bad);
    if (request.ok()) CHECK(request->force == row.force);
  }
}

TEST_CASE("start: the create fields may be repeated; absent ones stay absent") {
  const auto bare = parse_start(kId, {}, "", settings());
  REQUIRE(bare.ok());
  CHECK_FALSE(bare->changes.user_id.has_value());
  CHECK_FALSE(bare->changes.name.has_value());
  CHECK_FALSE(bare->changes.cpu_cores.has_value());
  CHECK_FALSE(bare->changes.memory_gb.has_value());
  CHECK_FALSE(bare->changes.storage_gb.has_value());
  CHECK_FALSE(bare->changes.base_image.has_value());
  CHECK_FALSE(bare->secrets.any());

  const auto full = parse_start("", {}, with(kCreateBody, {{"githubToken", "\"t\""}}), settings());
  REQUIRE_MESSAGE(full.ok(), everything(full));
  CHECK(full->changes.user_id == "user-1");
  CHECK(full->changes.cpu_cores == 2);
  CHECK(full->changes.storage_gb == 20);
  CHECK(full->secrets.github_token.reveal() == "t");

  const auto wrong =
      parse_start(kId, {}, R"({"userId":"","name":"","cpuCores":0,"memoryGB":"4","storageGB":101,
                                             "baseImage":" ","githubToken":7,"sshPublicKey":"CANARY\n"})",
                  settings());
  CHECK(bad_fields(wrong) == "memoryGB githubToken userId name cpuCores storageGB baseImage sshPublicKey ");
  CHECK(everything(wrong).find("CANARY") == std::string::npos);
}

TEST_CASE("broken bodies are refused even where a body is optional") {
  for (const std::string body : {"{", "x", "[]", "{\"a\":1,\"a\":2}", "null", "{}{}"}) {
    CAPTURE(body);
    CHECK(parse_stop(kId, {}, body, settings()).error().message.starts_with("Invalid request body"));
    CHECK(parse_start(kId, {}, body, settings()).error().message.starts_with("Invalid request body"));
    CHECK(parse_delete(kId, {}, body, settings()).error().message.starts_with("Invalid request body"));
  }
}
