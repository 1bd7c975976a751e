// What GET /health?verbose=true tells an operator, and what a failed operation tells its caller.
#include <doctest/doctest.h>
#include <signal.h>

#include <atomic>
#include <set>

#include "stack.h"
#include "support/temp_directory.h"

namespace {

using dev8agent::emulator::Fault;

const std::string kAll = "/api/v1/environments";
const std::string kId = "workspace-0001";
const std::string kAdmin = "admin-key-of-32-characters-00001";
const std::string kAda = "ada's-key-of-32-characters-00001";

RestClient::Headers bearer(const std::string& key) {
  return {"Authorization: Bearer " + key};
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string findings(const RestClient& client, const RestClient::Headers& headers = {}) {
  return client.get("/health?verbose=true", headers).body;
}

// Like a Stack whose Azure was prepared before the daemon's first question.
DaemonProcess::Environment variables_of(const TestAzure& azure) {
  auto variables = azure.variables();
  variables["AGENT_PORT"] = "0";
  return variables;
}

}  // namespace

TEST_CASE("findings are told on demand, and the configuration is among them") {
  Stack stack(Variables{{"AGENT_PROT", "1"}, {"AGENT_ACTIVITY_SECRET", ""}});
  for (const std::string path : {"/health", "/health?verbose=false", "/health?verbose="})
    CHECK(stack.client.get(path).json.find("findings") == nullptr);
  const Answer answer = stack.client.get("/health?verbose=true");
  REQUIRE(answer.json.find("findings") != nullptr);
  std::set<std::string> codes;
  for (const auto& finding : answer.json.find("findings")->array()) {
    codes.insert(std::string(finding.string_at({"code"})));
    CHECK_FALSE(finding.string_at({"remedy"}).empty());
    CHECK(finding.string_at({"since"}).ends_with('Z'));
  }
  CHECK(codes.contains("DEV8-VARIABLE-UNKNOWN"));
  CHECK(codes.contains("DEV8-OPERATION-IDS-EPHEMERAL"));
  CHECK_FALSE(codes.contains("DEV8-NO-API-KEYS"));
  CHECK_FALSE(codes.contains("DEV8-EMBEDDED-EMULATOR"));
  CHECK(contains(answer.body, "AGENT_PROT looks like AGENT_PORT"));
}

TEST_CASE("a broken key file is a finding until it is mended, and names the file to operators alone") {
  const dev8agent::test::TempDirectory directory;
  const std::string good = "root:admin:" + kAdmin + "\nada:user=user-ada:" + kAda + "\n";
  const std::string path = directory.write("keys", good);
  Stack stack(Variables{{"API_KEYS_FILE", path}});
  directory.write("keys", "short\n");
  stack.daemon.signal(SIGHUP);
  REQUIRE(stack.daemon.wait_for_log("keys.refused"));
  const std::string code = "DEV8-KEYS-NOT-RELOADED";
  CHECK(eventually([&] { return contains(findings(stack.client, bearer(kAdmin)), path); }));
  for (const RestClient::Headers& headers : {RestClient::Headers{}, bearer(kAda), bearer("wrong")}) {
    const std::string told = findings(stack.client, headers);
    CHECK(contains(told, code));
    CHECK_FALSE(contains(told, path));
  }
  directory.write("keys", good);
  stack.daemon.signal(SIGHUP);
  REQUIRE(stack.daemon.wait_for_log("keys.read"));
  CHECK(eventually([&] { return !contains(findings(stack.client), code); }));
}

TEST_CASE("an agent that everybody on the network may use says so") {
  Stack stack(Variables{
      {"AGENT_HOST", "0.0.0.0"}, {"AGENT_PLAINTEXT", "true"}, {"AGENT_ALLOW_UNAUTHENTICATED", "true"}});
  CHECK(contains(findings(stack.client), "DEV8-NO-API-KEYS"));
}

TEST_CASE("refused credentials and an Azure that throttles are findings") {
  TestAzure azure;
  azure.emulator().reject_credentials(true);
  DaemonProcess refused({}, variables_of(azure));
  CHECK(eventually([&] { return contains(findings(RestClient(refused.url())), "DEV8-AZURE-CREDENTIALS"); }));

  TestAzure busy;
  busy.emulator().set_fault_script([](const dev8agent::HttpRequest& request, std::uint64_t) {
    return contains(request.url, "/containerGroups") ? Fault{Fault::kStatus, 429, "TooManyRequests", "30"}
                                                     : Fault{};
  });
  DaemonProcess throttled({}, variables_of(busy));
  CHECK(eventually([&] { return contains(findings(RestClient(throttled.url())), "DEV8-AZURE-THROTTLED"); }));
}

TEST_CASE("a permission that operations lack is a finding, and the answer names the remedy") {
  Stack stack;
  stack.azure.emulator().set_fault_script([](const dev8agent::HttpRequest& request, std::uint64_t) {
    const bool put = request.method == "PUT" && contains(request.url, "/containerGroups/");
    return put ? Fault{Fault::kStatus, 403, "AuthorizationFailed"} : Fault{};
  });
  const Answer refused = stack.client.post(kAll, create_body(kId));
  CHECK(refused.status == 502);
  CHECK(contains(refused.text({"remedy"}), "Contributor"));
  CHECK(refused.text({"help"}) == "docs/failures.md#azure_refused");
  CHECK(contains(findings(stack.client), "DEV8-AZURE-PERMISSION"));
}

TEST_CASE("a create whose container crashes tells Azure's request, the last events and the end of the log") {
  Stack stack;
  stack.azure.emulator().set_location("eastus", dev8agent::emulator::Deployment::kCrashLoop);
  const Answer failed = stack.client.post(kAll, create_body(kId, R"(,"githubToken":"canary-token")"));
  CHECK(failed.text({"reason"}) == "CONTAINER_FAILED");
  REQUIRE(failed.json.find("details") != nullptr);
  REQUIRE(failed.json.find("details")->array().size() == 1);
  const auto& details = failed.json.find("details")->array()[0];
  CHECK_FALSE(details.string_at({"azureCode"}).empty());
  CHECK_FALSE(details.string_at({"azureRequestId"}).empty());
  CHECK(contains(failed.body, R"("name":"Started")"));
  CHECK(contains(std::string(details.string_at({"log"})), "GITHUB_TOKEN=***"));
  CHECK_FALSE(contains(failed.body, "canary-token"));
  const Answer operations = stack.client.get("/api/v1/operations?environmentId=" + kId);
  CHECK(contains(operations.body, R"("help":"docs/failures.md#container_failed")"));
  CHECK(contains(operations.body, "GITHUB_TOKEN=***"));
}
