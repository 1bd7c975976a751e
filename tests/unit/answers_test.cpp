// REST answers: the shape of the contract exactly, no secrets.
#include <doctest/doctest.h>

#include "dev8agent/wire.h"
#include "support/json_text.h"
#include "support/plan_samples.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;

namespace {

Environment sample_environment() {
  Environment e;
  e.id = kSampleId;
  e.user_id = "user-1";
  e.name = "Café \"x\"\n";
  e.status = EnvironmentStatus::kRunning;
  e.cloud_region = "eastus";
  e.cpu_cores = 2;
  e.memory_gb = 4;
  e.storage_gb = 20;
  e.base_image = "node";
  e.azure_resource_group = "dev8";
  e.azure_container_group = "aci-workspace-0001";
  e.azure_file_share = "fs-workspace-0001";
  e.azure_fqdn = "f.example";
  e.connection_urls.ssh_url = "ssh://dev8@f.example:2222";
  e.created_at = kSampleNow;
  e.updated_at = kSampleNow + std::chrono::milliseconds(1500);
  return e;
}

}  // namespace

TEST_CASE("environment: exactly the contract's members, in one order") {
  const json::Value value = parsed(to_json(sample_environment()));
  CHECK(names_of(value) == std::vector<std::string>{"id", "userId", "name", "cpuCores", "memoryGB",
                                                    "storageGB", "baseImage", "status", "cloudProvider",
                                                    "cloudRegion", "azureResourceGroup",
                                                    "azureContainerGroup", "azureFileShare", "azureFqdn",
                                                    "connectionUrls", "createdAt", "updatedAt"});
  CHECK(names_of(*value.find("connectionUrls")) ==
        std::vector<std::string>{"sshUrl", "vscodeWebUrl", "vscodeDesktopUrl", "supervisorUrl"});
  CHECK(value.string_at({"name"}) == "Café \"x\"\n");
  CHECK(value.string_at({"status"}) == "RUNNING");
  CHECK(value.string_at({"cloudProvider"}) == "AZURE");
  CHECK(value.find("cpuCores")->integer() == 2);
  CHECK(value.string_at({"createdAt"}) == "2026-01-15T00:00:00.000Z");
  CHECK(value.string_at({"updatedAt"}) == "2026-01-15T00:00:01.500Z");
}

TEST_CASE(
    "environment: what its maker chose appears only when there is some, variables by their names alone") {
  Environment e = sample_environment();
  e.image = "team/b";
  e.environment_variables = {{"A", "canary-a"}, {"B", "canary-b"}};
  e.git_repository = "https://example.com/a.git";
  e.labels = {{"team", "\"blue\""}};
  e.zone = "3";
  const std::string text = to_json(e);
  const json::Value value = parsed(text);
  CHECK(value.string_at({"image"}) == "team/b");
  CHECK(value.find("environmentVariables")->array().size() == 2);
  CHECK(value.find("environmentVariables")->array().front().string() == "A");
  CHECK(text.find("canary") == std::string::npos);
  CHECK(value.string_at({"gitRepository"}) == "https://example.com/a.git");
  CHECK(value.string_at({"labels", "team"}) == "\"blue\"");
  CHECK(value.string_at({"zone"}) == "3");
  CHECK(to_json(sample_environment()).find("\"zone\"") == std::string::npos);
}

TEST_CASE("environment: what belongs to the idle stop appears only when there is some") {
  Environment e = sample_environment();
  e.idle_stop_minutes = 0;
  e.last_activity_at = kSampleNow;
  e.idle_stop_at = kSampleNow + std::chrono::hours(8);
  const json::Value value = parsed(to_json(e));
  CHECK(value.find("idleStopMinutes")->integer() == 0);
  CHECK(value.string_at({"lastActivityAt"}) == "2026-01-15T00:00:00.000Z");
  CHECK(value.string_at({"idleStopAt"}) == "2026-01-15T08:00:00.000Z");
}

TEST_CASE("environment: the password appears only when it was set, the detail only when there is one") {
  EnvironmentOutcome outcome;
  outcome.environment = sample_environment();
  outcome.environment.status = EnvironmentStatus::kError;
  outcome.environment.status_detail = "why";
  CHECK(to_json(outcome) == to_json(outcome.environment));
  outcome.code_server_password = secret("pass \"word\"");
  const json::Value value = parsed(to_json(outcome));
  CHECK(value.string_at({"connectionUrls", "codeServerPassword"}) == "pass \"word\"");
  CHECK(value.string_at({"statusDetail"}) == "why");
  CHECK(value.string_at({"status"}) == "ERROR");
}

TEST_CASE("page, activity and success") {
  EnvironmentPage page;
  CHECK(to_json(page) == R"({"environments":[],"total":0,"page":1,"pageSize":20})");
  page.next_cursor = "1.a";
  CHECK(parsed(to_json(page)).string_at({"nextCursor"}) == "1.a");
  page.next_cursor.clear();
  page.environments.push_back(sample_environment());
  page.environments.push_back(sample_environment());
  page.total = 42;
  CHECK(parsed(to_json(page)).find("environments")->array().size() == 2);
  CHECK(parsed(to_json(page)).find("total")->integer() == 42);

  ActivityReport report;
  report.environment_id = kSampleId;
  report.snapshot = {"2026-01-15T00:00:00Z", "", 3, 0};
  report.timestamp = kSampleNow;
  CHECK(to_json(report) ==
        R"({"environmentId":"workspace-0001","snapshot":{"lastIDEActivity":"2026-01-15T00:00:00Z",)"
        R"("lastSSHActivity":"","activeIDEConnections":3,"activeSSHConnections":0},)"
        R"("timestamp":"2026-01-15T00:00:00.000Z"})");
  CHECK(success_body("done", R"({"a":1})") == R"({"success":true,"message":"done","data":{"a":1}})");
  CHECK(success_body("a \"b\"", "") == R"({"success":true,"message":"a \"b\""})");
}

TEST_CASE("json objects: quotes, escapes and bytes that are not UTF-8") {
  CHECK(JsonObject().str() == "{}");
  const std::string text = JsonObject()
                               .field("a\"b", "x\n\x01\xff")
                               .field("n", -1)
                               .field("t", true)
                               .field("e", "")
                               .raw("r", "[1]")
                               .str();
  const json::Value value = parsed(text);
  CHECK(value.string_at({"a\"b"}) == "x\n\x01\xef\xbf\xbd");
  CHECK(value.find("n")->integer() == -1);
  CHECK(value.find("t")->boolean() == true);
}
