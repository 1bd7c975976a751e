// The body of an update: a JSON merge patch.
#include <doctest/doctest.h>

#include "dev8agent/wire.h"
#include "support/plan_samples.h"
#include "support/wire_samples.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;

namespace {

Result<UpdateRequest> parse(std::string_view body, QueryValues query = {}) {
  static const AgentSettings settings =
      sample_settings([](AgentOptions& options) { options.idle_stop_after = std::chrono::minutes(30); });
  return parse_update(kSampleId, query, body, settings);
}

}  // namespace

TEST_CASE("update body: every field arrives, and what is absent stays absent") {
  const auto whole = parse(R"({"name":"Blue","baseImage":"python","idleStopMinutes":45,
                               "labels":{"team":"blue","old":null,"stage":""}})");
  REQUIRE(whole.ok());
  CHECK(whole->id == kSampleId);
  CHECK(whole->name == "Blue");
  CHECK(whole->base_image == "python");
  CHECK(whole->idle_stop_minutes == 45);
  CHECK(whole->labels == NamedTexts{{"team", "blue"}, {"old", ""}, {"stage", ""}});
  CHECK_FALSE(whole->replace_labels);
  CHECK_FALSE(whole->reset_idle_stop);
  const auto one = parse(R"({"name":"Blue","workspaceId":")" + kSampleId + R"(","cloudRegion":"eastus"})");
  REQUIRE(one.ok());
  CHECK(one->cloud_region == "eastus");
  CHECK_FALSE(one->base_image.has_value());
  CHECK_FALSE(one->idle_stop_minutes.has_value());
  CHECK(one->labels.empty());
  CHECK(parse(R"({"name":"Blue"})", {.cloud_region = "eastus"})->cloud_region == "eastus");
}

TEST_CASE("update body: null removes what can be without") {
  const auto reset = parse(R"({"idleStopMinutes":null})");
  REQUIRE(reset.ok());
  CHECK(reset->reset_idle_stop);
  const auto all = parse(R"({"labels":null})");
  REQUIRE(all.ok());
  CHECK(all->replace_labels);
  CHECK(all->labels.empty());
}

TEST_CASE("update body: each way to be wrong") {
  struct Row {
    std::string body;
    std::string bad;
  };
  const Row rows[] = {
      {"{}", "name "},
      {R"({"labels":{}})", "name "},
      {R"({"unknown":1})", "name "},
      {R"({"name":null})", "name "},
      {R"({"baseImage":null,"name":"x"})", "baseImage "},
      {R"({"name":5})", "name "},
      {R"({"name":""})", "name "},
      {R"({"idleStopMinutes":"5"})", "idleStopMinutes "},
      {R"({"idleStopMinutes":1.5})", "idleStopMinutes "},
      {R"({"idleStopMinutes":-1})", "idleStopMinutes "},
      {R"({"labels":"x"})", "labels "},
      {R"({"labels":{"team":5}})", "labels.team "},
      {R"({"labels":{"a:b":null}})", "labels "},
      {R"({"cpuCores":4})", "cpuCores "},
      {R"({"cpuCores":null,"name":"x"})", "cpuCores "},
      {R"({"userId":"eve","zone":"1","name":"x"})", "userId zone "},
      {R"({"name":"x","githubToken":"t","secretVariables":{}})", "githubToken secretVariables "},
      {R"({"name":"x","workspaceId":"workspace-0002"})", "workspaceId "},
      {R"({"name":"x","cloudRegion":"mars"})", "cloudRegion "},
      {R"({"name":"","labels":{"team":5},"idleStopMinutes":-1})", "labels.team name idleStopMinutes "},
  };
  for (const Row& row : rows) {
    CAPTURE(row.body);
    CHECK(bad_fields(parse(row.body)) == row.bad);
  }
  CHECK_FALSE(parse("").ok());
  CHECK_FALSE(parse("[]").ok());
  CHECK(bad_fields(parse(R"({"name":"x"})", {.cloud_region = "mars"})) == "cloudRegion ");
  // What may be a secret is not repeated.
  CHECK(parse(R"({"githubToken":"ghp_secret"})").error().message.find("ghp_secret") == std::string::npos);
}
