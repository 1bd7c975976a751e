// A canary in every secret: none may turn up where it does not belong.
#include <doctest/doctest.h>

#include <fstream>
#include <iterator>

#include "stack.h"

namespace {

const std::string kAll = "/api/v1/environments";
const std::string kId = "workspace-0001";
const std::string kCanary = "canary";

std::string command_line(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/cmdline", std::ios::binary);
  return std::string((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
}

std::string secret_fields() {
  std::string members;
  for (const char* field : {"githubToken", "gitUserName", "gitUserEmail", "sshPublicKey",
                            "codeServerPassword", "anthropicApiKey", "openaiApiKey", "geminiApiKey"}) {
    members += std::string(",\"") + field + "\":\"canary-" + field + "-0123456789\"";
  }
  return members + R"(,"secretVariables":{"MY_TOKEN":"canary-my-token-0123456789"})";
}

DaemonProcess::Environment secret_variables() {
  return {{"API_KEYS", "canary-api-key-of-at-least-32-letters"},
          {"AGENT_ACTIVITY_SECRET", "canary-activity-secret-of-32-letters"},
          {"AGENT_HOST", "127.0.0.1"},
          {"REGISTRY_USERNAME", "registry-user"},
          {"REGISTRY_PASSWORD", "canary-registry"},
          {"DATABASE_URL", "canary-database"},
          {"LOG_LEVEL", "debug"}};
}

dev8agent::emulator::EmulatorOptions canary_options() {
  auto options = TestAzure::quick();
  options.client_secret = "canary-client-secret";
  return options;
}

}  // namespace

TEST_CASE("secrets stay where they belong") {
  Stack stack(secret_variables(), canary_options());
  const RestClient::Headers key = {"Authorization: Bearer canary-api-key-of-at-least-32-letters"};
  std::string seen;
  const auto keep = [&](const Answer& answer) {
    for (const auto& header : answer.headers) seen += header.name + ": " + header.value + "\n";
    seen += answer.body + "\n";
  };

  Answer created = stack.client.post(kAll, create_body(kId, secret_fields()), key);
  REQUIRE(created.status == 201);
  const std::string password = "canary-codeServerPassword-0123456789";
  CHECK(created.text({"data", "environment", "connectionUrls", "codeServerPassword"}) == password);
  created.body.erase(created.body.find(password), password.size());
  keep(created);
  const auto group = stack.azure.emulator().groups().at(0);
  CHECK(group.secure_variables.at("CODE_SERVER_PASSWORD") == password);
  CHECK(group.secure_variables.at("GITHUB_TOKEN").starts_with(kCanary));
  CHECK(group.secure_variables.at("MY_TOKEN").starts_with(kCanary));
  for (const auto& [name, value] : group.variables) CHECK(value.find(kCanary) == std::string::npos);
  for (const auto& [name, value] : group.tags) CHECK(value.find(kCanary) == std::string::npos);

  keep(stack.client.post(kAll, create_body(kId, secret_fields()), key));
  keep(stack.client.get(kAll + "/" + kId, key));
  keep(stack.client.get(kAll, key));
  keep(stack.client.get(kAll + "/" + kId, {"Authorization: Bearer canary-wrong-key"}));
  keep(stack.client.get(kAll + "?userId=canary-query&page=canary", key));
  keep(stack.client.get("/canary-path/canary", key));
  keep(stack.client.post(kAll, R"({"githubToken":["canary"],"name":5,"cpuCores":"canary"})", key));
  keep(stack.client.post(kAll, R"({"githubToken":"canary)", key));
  keep(stack.client.post(kAll, create_body("canary_bad_id", secret_fields()), key));
  keep(stack.client.post(kAll + "/" + kId + "/stop", "", key));
  stack.azure.emulator().reject_credentials(true);
  stack.azure.emulator().expire_tokens();
  keep(stack.client.post(kAll, create_body("workspace-0002", secret_fields()), key));
  keep(stack.client.get("/health"));
  keep(stack.client.get("/metrics", key));
  CHECK(seen.find(kCanary) == std::string::npos);
  CHECK(command_line(stack.daemon.pid()).find(kCanary) == std::string::npos);

  stack.daemon.signal(15);
  CHECK(stack.daemon.wait() == 0);
  CHECK(stack.daemon.standard_error().find("http.request") != std::string::npos);
  CHECK(stack.daemon.standard_output().find(kCanary) == std::string::npos);
  CHECK(stack.daemon.standard_error().find(kCanary) == std::string::npos);
}
