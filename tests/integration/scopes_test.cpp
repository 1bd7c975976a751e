// What keys are good for: scopes, keys of one user, and keys that are read anew while the daemon runs.
#include <doctest/doctest.h>
#include <signal.h>

#include "stack.h"
#include "stream_reader.h"
#include "support/temp_directory.h"

namespace {

const std::string kAll = "/api/v1/environments";
const std::string kOne = kAll + "/workspace-0001";
const std::string kTwo = kAll + "/workspace-0002";

const std::string kAdmin = "admin-key-of-32-characters-00001";
const std::string kOperator = "operator-key-of-32-characters-01";
const std::string kReader = "reader-key-of-32-characters-0001";
const std::string kAda = "ada's-key-of-32-characters-00001";
const std::string kBob = "bob's-key-of-32-characters-00001";
const std::string kKeys = "root:admin:" + kAdmin + ",ci:operate:" + kOperator + ",board:read:" + kReader +
                          ",ada:user=user-ada:" + kAda + ",bob:user=user-bob:" + kBob;

RestClient::Headers bearer(const std::string& key) {
  return {"Authorization: Bearer " + key};
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string body_of(const std::string& id, const std::string& user) {
  return R"({"workspaceId":")" + id + R"(",)" + (user.empty() ? "" : R"("userId":")" + user + R"(",)") +
         R"("name":"Mine","cloudRegion":"eastus","cpuCores":2,"memoryGB":4,"storageGB":20})";
}

}  // namespace

TEST_CASE("scopes: each includes those below it, and the refusal names what is needed") {
  Stack stack(Variables{{"API_KEYS", kKeys}});
  const RestClient& client = stack.client;
  const Answer no_create = client.post(kAll, create_body("workspace-0001"), bearer(kReader));
  CHECK(no_create.status == 403);
  CHECK(no_create.text({"reason"}) == "FORBIDDEN");
  CHECK(contains(no_create.text({"message"}), "operate"));
  CHECK(stack.azure.emulator().groups().empty());
  CHECK(client.post(kAll, create_body("workspace-0001"), bearer(kOperator)).status == 201);
  CHECK(client.get(kOne, bearer(kReader)).status == 200);
  CHECK(client.get("/metrics", bearer(kReader)).status == 200);
  CHECK(client.post(kOne + "/stop", "", bearer(kReader)).status == 403);
  CHECK(client.patch(kOne, R"({"name":"Theirs"})", bearer(kReader)).status == 403);
  CHECK(client.patch(kOne, R"({"name":"Ours"})", bearer(kOperator)).status == 200);
  CHECK(client.post(kOne + "/stop", "", bearer(kOperator)).status == 200);
  for (const std::string& path : {kOne + "/restore", std::string("/api/v1/orphans/sweep")}) {
    CAPTURE(path);
    const Answer refused = client.post(path, "", bearer(kOperator));
    CHECK(refused.status == 403);
    CHECK(contains(refused.text({"message"}), "admin"));
  }
  CHECK(client.remove(kOne, "", bearer(kOperator)).status == 403);
  CHECK(stack.azure.emulator().groups().size() == 1);
  CHECK(client.remove(kOne, "", bearer(kAdmin)).status == 200);
}

TEST_CASE("a key of one user sees and touches that user's environments alone") {
  Stack stack(Variables{{"API_KEYS", kKeys}});
  const RestClient& client = stack.client;
  const Answer own = client.post(kAll, body_of("workspace-0001", ""), bearer(kAda));
  CHECK(own.status == 201);
  CHECK(own.text({"data", "environment", "userId"}) == "user-ada");
  CHECK(client.post(kAll, body_of("workspace-0003", "user-bob"), bearer(kAda)).status == 403);
  CHECK(client.post(kAll, body_of("workspace-0002", "user-bob"), bearer(kBob)).status == 201);
  CHECK(client.get(kOne, bearer(kAda)).status == 200);
  for (const std::string& path : {kTwo, kTwo + "/events", kTwo + "/logs", kTwo + "/logs?follow=true"}) {
    CAPTURE(path);
    CHECK(client.get(path, bearer(kAda)).status == 404);
  }
  for (const char* action : {"/start", "/stop", "/restart", "/restore"}) {
    CAPTURE(std::string(action));
    CHECK(client.post(kTwo + action, "", bearer(kAda)).status == 404);
  }
  CHECK(client.patch(kTwo, R"({"name":"Hers"})", bearer(kAda)).status == 404);
  CHECK(client.get(kTwo, bearer(kBob)).text({"data", "environment", "name"}) == "Mine");
  CHECK(client.patch(kOne, R"({"name":"Hers"})", bearer(kAda)).text({"data", "environment", "name"}) ==
        "Hers");
  CHECK(client.remove(kTwo + "?force=true", "", bearer(kAda)).status == 404);
  CHECK(client.get(kTwo, bearer(kAdmin)).text({"data", "environment", "status"}) == "RUNNING");

  const Answer list = client.get(kAll, bearer(kAda));
  CHECK(list.json.find_path({"data", "environments"})->array().size() == 1);
  CHECK(client.get(kAll + "?userId=user-bob", bearer(kAda)).status == 403);
  CHECK(client.get("/metrics", bearer(kAda)).status == 403);
  CHECK(client.remove(kOne + "?force=true", "", bearer(kAda)).status == 200);
}

TEST_CASE("a forced delete of another user's key does not end a create that is under way") {
  auto options = TestAzure::quick();
  options.provisioning_time = std::chrono::hours(1);
  Stack stack(Variables{{"API_KEYS", kKeys}}, options);
  const RestClient::Headers bob = {"Authorization: Bearer " + kBob, "Prefer: respond-async"};
  const Answer begun = stack.client.post(kAll, body_of("workspace-0002", ""), bob);
  REQUIRE(begun.status == 202);
  const std::string operation = begun.header("Operation-Location");
  REQUIRE(eventually([&] { return !stack.azure.emulator().groups().empty(); }));
  CHECK(stack.client.remove(kTwo + "?force=true", "", bearer(kAda)).status == 404);
  CHECK(stack.client.get(operation, bearer(kAda)).status == 404);
  CHECK(stack.client.post(operation + "/cancel", "", bearer(kAda)).status == 404);
  const std::string id = operation.substr(operation.rfind('/') + 1);
  CHECK_FALSE(contains(stack.client.get("/api/v1/operations", bearer(kAda)).body, id));
  CHECK(contains(stack.client.get("/api/v1/operations", bearer(kBob)).body, id));
  CHECK(stack.client.get(operation, bearer(kBob)).text({"data", "operation", "status"}) == "RUNNING");
}

TEST_CASE("events of a user's key: its own environments, also as a stream that others read, too") {
  Stack stack(Variables{{"API_KEYS", kKeys}});
  REQUIRE(stack.client.post(kAll, body_of("workspace-0001", ""), bearer(kAda)).status == 201);
  REQUIRE(stack.client.post(kAll, body_of("workspace-0002", ""), bearer(kBob)).status == 201);
  const auto stream = [&](const std::string& path, const std::string& key) {
    return std::make_unique<StreamReader>(
        stack.daemon.port(), path,
        RestClient::Headers{"Accept: text/event-stream", "Authorization: Bearer " + key});
  };
  const auto all = stream("/api/v1/events", kAdmin);
  REQUIRE(all->wait_for("status", "RUNNING"));
  CHECK(stream(kTwo + "/events", kAda)->status() == 404);
  CHECK(stream(kOne + "/events", kAda)->wait_for("status", "RUNNING"));
  CHECK(stack.client.get("/api/v1/events?userId=user-bob", bearer(kAda)).status == 403);
  const Answer named = stack.client.get("/api/v1/events?environmentId=workspace-0002", bearer(kAda));
  CHECK(named.status == 200);
  CHECK(named.json.find_path({"data", "events"})->array().empty());
}

TEST_CASE("API_KEYS_FILE is read again on SIGHUP, and a broken file changes nothing") {
  const dev8agent::test::TempDirectory directory;
  const std::string path = directory.write("keys", "# all of ours\nroot:admin:" + kAdmin + "\n");
  Stack stack(Variables{{"API_KEYS_FILE", path}});
  const auto status = [&](const std::string& key) { return stack.client.get(kAll, bearer(key)).status; };
  CHECK(status(kAdmin) == 200);
  CHECK(status(kReader) == 401);
  directory.write("keys", "board:read:" + kReader + "\n");
  stack.daemon.signal(SIGHUP);
  REQUIRE(stack.daemon.wait_for_log("keys.read"));
  CHECK(status(kAdmin) == 401);
  CHECK(status(kReader) == 200);
  directory.write("keys", "board:everything:" + kAdmin + "\n");
  stack.daemon.signal(SIGHUP);
  CHECK(contains(stack.daemon.log_line("keys.refused"), "line 1"));
  CHECK(status(kReader) == 200);
  CHECK(status(kAdmin) == 401);
  CHECK_FALSE(contains(stack.daemon.standard_error(), kAdmin));
}

TEST_CASE("a start with a broken API_KEYS_FILE names file and line") {
  const dev8agent::test::TempDirectory directory;
  const TestAzure azure;
  for (const std::string& path : {directory.write("keys", "short\n"), directory.make_fifo("fifo"),
                                  (directory.path() / "missing").string()}) {
    auto variables = azure.variables();
    variables["API_KEYS_FILE"] = path;
    DaemonProcess daemon({}, variables);
    CHECK(daemon.wait() == 1);
    CHECK(contains(daemon.standard_error(), "API_KEYS_FILE: " + path));
  }
}

TEST_CASE("answers below /api tell the caller's rate limit, and the log tells who did what from where") {
  Stack stack(Variables{{"API_KEYS", kKeys},
                        {"TRUSTED_PROXIES", "127.0.0.0/8"},
                        {"RATE_LIMIT_BURST", "5"},
                        {"RATE_LIMIT_RPS", "1"}});
  const RestClient::Headers from = {"Authorization: Bearer " + kOperator, "X-Forwarded-For: 203.0.113.9"};
  const Answer created = stack.client.post(kAll, create_body("workspace-0001"), from);
  CHECK(created.status == 201);
  CHECK(created.header("RateLimit-Policy") == "\"default\";q=5;w=5");
  CHECK(created.header("RateLimit").starts_with("\"default\";r=4;t="));
  CHECK(stack.client.get("/live").header("RateLimit").empty());
  const Answer too_large = stack.client.post(kAll, std::string(std::size_t{2} << 20, 'x'), bearer(kAdmin));
  CHECK(too_large.status == 413);
  CHECK_FALSE(too_large.header("RateLimit").empty());
  const std::string line = stack.daemon.log_line("operation.finished");
  CHECK(contains(line, R"("operation":"create")"));
  CHECK(contains(line, R"("caller":"key ci")"));
  CHECK(contains(line, R"("remote":"203.0.113.9")"));
  CHECK(contains(line, R"("result":"OK")"));
  CHECK(contains(line, R"("azureRequestId":"eastus:)"));
  // Without a key the address counts, and it is the client's.
  CHECK(eventually([&] { return stack.client.get(kAll, {"X-Forwarded-For: 203.0.113.10"}).status == 429; }));
  CHECK(stack.client.get(kAll, {"X-Forwarded-For: 203.0.113.11"}).status == 401);
}
