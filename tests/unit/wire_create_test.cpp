// The create body: defaults, and the ways of each field to be wrong.
#include <doctest/doctest.h>

#include "dev8agent/wire.h"
#include "support/plan_samples.h"
#include "support/wire_samples.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;

namespace {

Result<CreateRequest> create(const std::string& body) {
  return parse_create(body, sample_settings());
}

}  // namespace

TEST_CASE("create body: every field arrives") {
  const auto request = create(with(kCreateBody, {{"githubToken", "\"s-1\""},
                                                 {"gitUserName", "\"Ada Lovelace\""},
                                                 {"gitUserEmail", "\"a@b.c\""},
                                                 {"sshPublicKey", "\"ssh-ed25519 AAAA\""},
                                                 {"codeServerPassword", "\"s-5\""},
                                                 {"anthropicApiKey", "\"s-6\""},
                                                 {"openaiApiKey", "\"s-7\""},
                                                 {"geminiApiKey", "\"s-8\""},
                                                 {"idleStopMinutes", "0"},
                                                 {"image", "\"vaibhavsing/dev8-workspace:latest\""},
                                                 {"environmentVariables", R"({"A":"1","B":"2"})"},
                                                 {"gitRepository", "\"https://example.com/a.git\""},
                                                 {"labels", R"({"team":"blue"})"},
                                                 {"zone", "\"2\""},
                                                 {"secretVariables", R"({"C":"s-9"})"}}));
  REQUIRE_MESSAGE(request.ok(), everything(request));
  CHECK(request->id == "workspace-0001");
  CHECK(request->spec.user_id == "user-1");
  CHECK(request->spec.name == "My workspace");
  CHECK(request->cloud_provider == CloudProvider::kAzure);
  CHECK(request->cloud_region == "eastus");
  CHECK(request->spec.cpu_cores == 2);
  CHECK(request->spec.memory_gb == 4);
  CHECK(request->spec.storage_gb == 20);
  CHECK(request->spec.base_image == "node");
  CHECK(request->secrets.github_token.reveal() == "s-1");
  CHECK(request->secrets.git_user_name.reveal() == "Ada Lovelace");
  CHECK(request->secrets.git_user_email.reveal() == "a@b.c");
  CHECK(request->secrets.ssh_public_key.reveal() == "ssh-ed25519 AAAA");
  CHECK(request->secrets.code_server_password.reveal() == "s-5");
  CHECK(request->secrets.anthropic_api_key.reveal() == "s-6");
  CHECK(request->secrets.openai_api_key.reveal() == "s-7");
  CHECK(request->secrets.gemini_api_key.reveal() == "s-8");
  CHECK(request->spec.image == "vaibhavsing/dev8-workspace:latest");
  CHECK(request->spec.environment_variables == NamedTexts{{"A", "1"}, {"B", "2"}});
  CHECK(request->spec.git_repository == "https://example.com/a.git");
  CHECK(request->spec.labels == NamedTexts{{"team", "blue"}});
  CHECK(request->spec.zone == "2");
  REQUIRE(request->secrets.variables.size() == 1);
  CHECK(request->secrets.variables.at("C").reveal() == "s-9");
}

TEST_CASE("create body: a member of variables or labels that is no string is named") {
  for (const char* field : {"environmentVariables", "labels", "secretVariables"}) {
    for (const char* wrong : {"1", "null", "[]", "{}", "true"}) {
      const std::string member = std::string(R"({"A":)") + wrong + "}";
      CHECK(bad_fields(create(with(kCreateBody, {{field, member}}))) == std::string(field) + ".A ");
    }
  }
}

TEST_CASE(
    "create body: the smallest one has the contract's defaults; null is absent, unknown fields are "
    "accepted") {
  for (
      const char* body :
      {R"({"name":"n","cpuCores":1,"memoryGB":2,"storageGB":10})",
       R"({"name":"n","cpuCores":1,"memoryGB":2,"storageGB":10,"workspaceId":null,"userId":null,"baseImage":null,
            "cloudRegion":null,"cloudProvider":null,"githubToken":null,"color":"red","nested":{"a":[1,{}]}})"}) {
    const auto request = create(body);
    REQUIRE_MESSAGE(request.ok(), everything(request));
    CHECK(request->id.empty());
    CHECK(request->spec.user_id == "default-user");
    CHECK(request->cloud_provider == CloudProvider::kAzure);
    CHECK(request->spec.base_image == "node");
    CHECK_FALSE(request->secrets.any());
  }
}

TEST_CASE("create body: each field, each way to be wrong") {
  struct Row {
    std::string field;
    std::vector<std::string> wrong;  // "" takes the field away
  };
  const std::vector<std::string> no_integers = {
      "\"2\"", "2.5", "true", "[]", "{}", "-1", "1e99", "2147483648", "-9223372036854775808", "4294967298"};
  const std::string long_text = "\"" + std::string(101, 'x') + "\"";
  const std::string huge_text = "\"" + std::string(8193, 'x') + "\"";
  std::vector<Row> rows = {
      {"workspaceId",
       {"\"\"",
        "\"short\"",
        "\"Upper-case-0001\"",
        "\"victim-0001?x=1\"",
        "\"victim-0001#x\"",
        "\"none/../fs-victim\"",
        "\"-workspace-0001\"",
        "\"workspace-0001-\"",
        "\"work--space-01\"",
        "\"workspace_0001\"",
        "\"workspace 0001\"",
        "\"workspace-0001\\u0000\"",
        "\"arbeitsplätze-1\"",
        "\"%2e%2e%2f%2e%2e%2f\"",
        "\"workspace-0001\\n\"",
        "\"" + std::string(60, 'x') + "\"",
        "7",
        "[]",
        "{}",
        "true"}},
      {"userId",
       {"\"\"", "\"a b\"", "\"a<b>\"", "\"ü\"", "\"a\\nb\"", "\"" + std::string(129, 'x') + "\"", "1"}},
      {"name", {"", "null", "\"\"", long_text, "\"a\\u0000b\"", "\"a\\nb\"", "\"\\u0085\"", "3", "{}"}},
      {"cloudProvider", {"\"\"", "\"azure\"", "\"OVH\"", "1"}},
      {"cloudRegion", {"\"marsnorth\"", "\"centralindia\"", "\"eastus/../x\"", "1", "[]"}},
      {"cpuCores", {"", "null", "0", "5"}},
      {"memoryGB", {"", "null", "1", "17"}},
      {"storageGB", {"", "null", "9", "101"}},
      {"baseImage", {"\"\"", "\"a b\"", "\"" + std::string(129, 'x') + "\"", "1", "{}"}},
      {"idleStopMinutes", {"-1", "527041", "1.5", "\"8\"", "true"}},
      {"image", {"\"\"", "\"a b\"", "\"not/allowed\"", "1", "{}"}},
      {"environmentVariables", {"1", "[]", "\"A=1\"", R"({"1A":"x"})", R"({"A":""})", R"({"DEV8_A":"x"})"}},
      {"gitRepository", {"\"\"", "\"http://a/b\"", "\"https://u:p@a/b\"", "1", "[]"}},
      {"zone", {"\"\"", "\"0\"", "\"4\"", "\"1,2\"", "1", "[\"1\"]"}},
      {"labels", {"1", "[]", R"({"a/b":"x"})", R"({"a":""})", R"({"a":"b,c"})"}},
      {"secretVariables", {"1", "[]", R"({"1A":"x"})", R"({"A":""})", R"({"USER_ID":"x"})"}},
  };
  for (Row& row : rows) {
    if (row.field == "cpuCores" || row.field == "memoryGB" || row.field == "storageGB") {
      row.wrong.insert(row.wrong.end(), no_integers.begin(), no_integers.end());
    }
  }
  for (const char* secret_field : {"githubToken", "gitUserName", "gitUserEmail", "sshPublicKey",
                                   "codeServerPassword", "anthropicApiKey", "openaiApiKey", "geminiApiKey"}) {
    rows.push_back({secret_field, {"1", "true", "[]", "{}", huge_text, "\"a\\u0000b\"", "\"a\\nb\""}});
  }
  for (const Row& row : rows) {
    for (const std::string& wrong : row.wrong) {
      CAPTURE(row.field);
      CAPTURE(wrong.substr(0, 40));
      const auto request = create(with(kCreateBody, {{row.field, wrong}}));
      CHECK(bad_fields(request) == row.field + " ");
      if (!request.ok()) CHECK(request.error().code == ErrorCode::kInvalidRequest);
    }
  }
}

TEST_CASE("create body: the ends of each range are inside") {
  for (const auto& change : std::vector<std::vector<std::pair<std::string, std::string>>>{
           {{"cpuCores", "1"}, {"memoryGB", "2"}, {"storageGB", "10"}},
           {{"cpuCores", "4"}, {"memoryGB", "16"}, {"storageGB", "100"}},
           {{"name", "\"x\""}},
           {{"name", "\"" + std::string(100, 'x') + "\""}},
           {{"workspaceId", "\"a123456789\""}},
           {{"workspaceId", "\"" + std::string(59, 'x') + "\""}},
           {{"cloudRegion", "\"auto\""}},
           {{"cloudRegion", "\"AUTO\""}},
           {{"cloudRegion", "\"East US\""}},
           {{"cloudRegion", "\"auto\""}, {"candidateRegions", "[\"westeurope\",\"eastus\"]"}},
       }) {
    CHECK(bad_fields(create(with(kCreateBody, change))) == "-");
  }
}
