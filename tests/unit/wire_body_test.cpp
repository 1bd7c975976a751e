// Create bodies with many errors: all reported at once, no value quoted, broken text with its position.
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

TEST_CASE("create body: all errors are reported at once, each field once") {
  const auto request = create(
      R"({"workspaceId":"X","userId":7,"name":"","cloudProvider":"OVH","cloudRegion":"mars","cpuCores":"2",
          "memoryGB":99,"baseImage":"a b","githubToken":1})");
  CHECK(
      bad_fields(request) ==
      "userId cpuCores storageGB cloudProvider githubToken workspaceId name memoryGB baseImage cloudRegion ");
  for (const char* part : {"between 1 and 4", "between 2 and 16", "between 10 and 100"}) {
    CHECK(everything(request).find(part) != std::string::npos);
  }
}

TEST_CASE("create body: AWS and GCP are well-formed, whatever their regions are called") {
  for (const char* provider : {"\"AWS\"", "\"GCP\""}) {
    CHECK(bad_fields(create(with(kCreateBody, {{"cloudProvider", provider}}))) == "-");
    CHECK(bad_fields(create(
              with(kCreateBody, {{"cloudProvider", provider}, {"cloudRegion", "\"us-east-1\""}}))) == "-");
  }
}

TEST_CASE("create body: no message repeats a value") {
  const std::string canary = "CANARY <secret> 4711";
  const std::string quoted = "\"" + canary + "\\n\"";
  std::vector<std::pair<std::string, std::string>> changes;
  for (const char* field :
       {"workspaceId", "userId", "name", "cloudProvider", "cloudRegion", "cpuCores", "memoryGB", "storageGB",
        "baseImage", "githubToken", "gitUserName", "gitUserEmail", "sshPublicKey", "codeServerPassword",
        "anthropicApiKey", "openaiApiKey", "geminiApiKey"}) {
    changes.emplace_back(field, quoted);
    const auto one = create(with(kCreateBody, {{field, quoted}}));
    CHECK(bad_fields(one) == std::string(field) + " ");
    CHECK(everything(one).find("CANARY") == std::string::npos);
  }
  const auto all = create(with(kCreateBody, changes));
  REQUIRE_FALSE(all.ok());
  CHECK(all.error().fields.size() == 17);
  CHECK(everything(all).find("CANARY") == std::string::npos);
  CHECK(error_body(all.error(), "request-1").find("CANARY") == std::string::npos);
}

TEST_CASE("create body: text that is no JSON object is reported with its position, not quoted") {
  struct Row {
    std::string body;
    std::string part;
  };
  const Row rows[] = {
      {"", "empty"},
      {"   ", "empty"},
      {"{", "at byte"},
      {R"({"name":"CANARY)", "at byte"},
      {R"({"name":"a","name":"CANARY"})", "duplicate member \"name\" at byte"},
      {R"({"a":{"b":1,"b":"CANARY"}})", "duplicate member \"b\" at byte"},
      {R"([{"name":"CANARY"}])", "must be a JSON object"},
      {R"("CANARY")", "must be a JSON object"},
      {"null", "must be a JSON object"},
      {"{\"name\":\"\xff CANARY\"}", "at byte 9"},
      {R"({"name":"x"} CANARY)", "at byte 13"},
      {std::string("{\"name\":\"x\0\"}", 14), "NUL byte at byte 10"},
      {"{\"a\":" + std::string(40, '[') + "CANARY", "nested too deeply"},
      {std::string(1024 * 1024 + 1, ' '), "larger than 1048576 bytes"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.body.substr(0, 60));
    for (const Status& status :
         {check_json(row.body), create(row.body).ok() ? Status(Done{}) : create(row.body).error()}) {
      REQUIRE_FALSE(status.ok());
      CHECK(status.error().code == ErrorCode::kInvalidRequest);
      CHECK(status.error().message.starts_with("Invalid request body"));
      CHECK_MESSAGE(status.error().message.find(row.part) != std::string::npos, status.error().message);
      CHECK(status.error().message.find("CANARY") == std::string::npos);
    }
  }
}
