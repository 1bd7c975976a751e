// dev8ctl's calls: what a command asks for, as a request of the REST contract, and what an answer says.
#include <doctest/doctest.h>

#include <string>

#include "dev8ctl/requests.h"
#include "dev8ctl/rest_call.h"
#include "dev8ctl/secrets.h"

namespace dev8ctl {
namespace {

Command about(Verb verb) {
  Command command;
  command.verb = verb;
  command.id = "workspace-0001";
  return command;
}

TEST_CASE("a create has default sizes, and a start changes only what is named") {
  Secrets secrets;
  secrets.emplace("githubToken", dev8agent::Secret("t\"oken"));
  CHECK(call_of(about(Verb::kCreate), secrets).body.reveal() ==
        R"({"workspaceId":"workspace-0001","name":"workspace-0001","cpuCores":2,"memoryGB":4,"storageGB":20,)"
        R"("githubToken":"t\"oken"})");
  Command start = about(Verb::kStart);
  start.shape.cpu = 4;
  start.region = "eastus";
  CHECK(call_of(start, {}).body.reveal() ==
        R"({"workspaceId":"workspace-0001","cloudRegion":"eastus","cpuCores":4})");
}

TEST_CASE("an update is a merge patch: what is named alone, and null for what goes") {
  Command update = about(Verb::kUpdate);
  CHECK(method_of(Verb::kUpdate) + " " + target_of(call_of(update, {})) ==
        "PATCH /api/v1/environments/workspace-0001");
  CHECK(call_of(update, {}).body.reveal() == R"({"workspaceId":"workspace-0001"})");
  update.region = "eastus";
  update.shape.name = "Mine";
  update.shape.labels = Texts{{"team", "blue"}};
  update.removed_labels = {"old", "draft"};
  update.default_idle_stop = true;
  CHECK(call_of(update, {}).body.reveal() ==
        R"({"workspaceId":"workspace-0001","cloudRegion":"eastus","name":"Mine","idleStopMinutes":null,)"
        R"("labels":{"team":"blue","old":null,"draft":null}})");
}

TEST_CASE("a sweep is a dry run unless it is confirmed") {
  Command sweep = about(Verb::kSweep);
  CHECK(call_of(sweep, {}).body.reveal().find(R"("dryRun":true)") != std::string::npos);
  sweep.yes = true;
  CHECK(call_of(sweep, {}).body.reveal().find(R"("dryRun":false)") != std::string::npos);
}

TEST_CASE("ids and values cannot leave their place in a target") {
  Command get = about(Verb::kGet);
  get.id = "../a?b";
  get.region = "a&b";
  CHECK(target_of(call_of(get, {})) == "/api/v1/environments/..%2Fa%3Fb?cloudRegion=a%26b");
  Command remove = about(Verb::kDelete);
  remove.force = true;
  CHECK(method_of(Verb::kDelete) + " " + target_of(call_of(remove, {})) ==
        "DELETE /api/v1/environments/workspace-0001?force=true");
}

TEST_CASE("an answer is its data, or the error that it tells") {
  const auto data = data_of(200, R"({"success":true,"data":{"a":1}})");
  REQUIRE(data.ok());
  CHECK(compact(*data) == R"({"a":1})");
  const auto refused = data_of(400, R"({"reason":"INVALID_REQUEST","message":"m","details":[
    {"field":"cpuCores","message":"must be 1 to 4"}]})");
  REQUIRE(!refused.ok());
  CHECK(refused.error().code == dev8agent::ErrorCode::kInvalidRequest);
  CHECK(refused.error().fields == std::vector<dev8agent::FieldError>{{"cpuCores", "must be 1 to 4"}});
  CHECK(data_of(404, "<html>").error().code == dev8agent::ErrorCode::kNotFound);
  CHECK(data_of(502, "").error().code == dev8agent::ErrorCode::kAzureUnavailable);
  const auto failed =
      data_of(503, R"({"reason":"QUOTA_EXCEEDED","message":"full","details":{"azureStatus":409,
    "azureCode":"ContainerGroupQuotaReached","log":"last line"}})");
  CHECK(failed.error().code == dev8agent::ErrorCode::kQuotaExceeded);
  CHECK(failed.error().azure_code == "ContainerGroupQuotaReached");
  CHECK(failed.error().log_tail == "last line");
}

TEST_CASE("events of a stream are whole, however it is cut") {
  const std::string stream =
      ": hello\n\nid: 1\nevent: status\ndata: {\"a\":1}\n\nid: 2\r\ndata: {\"b\":2}\r\n\r\n";
  for (std::size_t at = 0; at <= stream.size(); ++at) {
    EventStream events;
    std::vector<std::string> all = events.push(stream.substr(0, at));
    for (const std::string& event : events.push(stream.substr(at))) all.push_back(event);
    CHECK(all == std::vector<std::string>{R"({"a":1})", R"({"b":2})"});
  }
}

TEST_CASE("secrets: unknown names, repeated ones and a variable that is not set are refused") {
  const auto rule = [](const std::vector<SecretSource>& sources) {
    const auto secrets = read_secrets(sources);
    REQUIRE(!secrets.ok());
    return secrets.error().fields.at(0).message;
  };
  CHECK(rule({{"password", "/dev/null", ""}}).starts_with("is no secret"));
  CHECK(rule({{"githubToken", "", "DEV8_NO_SUCH_VARIABLE"}}) ==
        "the variable DEV8_NO_SUCH_VARIABLE is not set");
  CHECK(rule({{"githubToken", "/dev/null", ""}}) == "is empty");
  CHECK(rule({{"githubToken", "", "PATH"}, {"githubToken", "", "PATH"}}) == "is given twice");
  CHECK(!split_assignment("name").has_value());
  CHECK(!split_assignment("name=").has_value());
  CHECK(split_assignment("a=b=c") == std::pair<std::string, std::string>("a", "b=c"));
}

TEST_CASE("a daemon's health is a diagnosis: each check once, and healthy unless one failed") {
  const auto diagnosis = diagnosis_of(503, R"({"status":"degraded","checks":{
    "credentials":{"status":"healthy"},"azure:eastus":{"status":"unhealthy","message":"slow"}},"findings":[
    {"code":"DEV8-AZURE-THROTTLED","severity":"warning","component":"azure:eastus","message":"m","remedy":"wait"},
    {"code":"DEV8-EMBEDDED-EMULATOR","severity":"info","component":"azure","message":"it is an emulator","remedy":"r"}]})");
  REQUIRE(diagnosis.ok());
  CHECK(
      compact(*diagnosis) ==
      R"({"healthy":false,"checks":[{"subject":"credentials","verdict":"passed","detail":""},)"
      R"({"subject":"azure:eastus","verdict":"failed","detail":"slow","code":"DEV8-AZURE-THROTTLED","remedy":"wait"},)"
      R"({"subject":"azure","verdict":"passed","detail":"it is an emulator"}],"missingActions":[]})");
  const auto without_keys = diagnosis_of(200, R"({"status":"healthy","checks":{},"findings":[
    {"code":"DEV8-NO-API-KEYS","severity":"error","component":"keys","message":"m","remedy":"r"}]})");
  REQUIRE(without_keys.ok());
  CHECK(text_at(*without_keys, "healthy") == "false");
  CHECK_FALSE(diagnosis_of(401, "{}").ok());
}

}  // namespace
}  // namespace dev8ctl
