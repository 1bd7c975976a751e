// What the log says about a request: who asked for what, about which environment, and what came of it.
#include <doctest/doctest.h>

#include <mutex>
#include <set>

#include "stack.h"

namespace {

const std::string kAll = "/api/v1/environments";
const std::string kId = "workspace-0001";
const std::string kKey = "0123456789012345678901234567890123456789";

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("who did what to which environment is in the log, in both dialects") {
  Stack stack(Variables{{"API_KEYS", "9876543210987654321098765432109876543210," + kKey},
                        {"AGENT_HOST", "127.0.0.1"}});
  const RestClient::Headers key = {"Authorization: Bearer " + kKey};
  REQUIRE(stack.client.post(kAll, create_body(kId), key).status == 201);
  REQUIRE(stack.client.patch(kAll + "/" + kId, R"({"name":"Renamed"})", key).status == 200);
  REQUIRE(stack.client.post(kAll + "/stop", id_body(kId), key).status == 200);
  REQUIRE(stack.client.remove(kAll + "/" + kId, "", key).status == 200);
  for (const char* route : {"\"method\":\"POST\",\"route\":\"/api/v1/environments\"", "/environments/stop\"",
                            "\"method\":\"PATCH\",\"route\"", "\"method\":\"DELETE\",\"route\""}) {
    CAPTURE(route);
    const std::string line = stack.daemon.log_line(route);
    CHECK(contains(line, "\"environmentId\":\"" + kId + "\""));
    CHECK(contains(line, "\"caller\":\"key 1\""));
    CHECK_FALSE(contains(line, "reason"));
  }
  const std::string finished = stack.daemon.log_line("\"operation\":\"create\"");
  CHECK(contains(finished, "\"operationId\":\""));
  for (const char* field : {"\"queuedMs\":", "\"creatingShareMs\":", "\"provisioningMs\":"}) {
    CAPTURE(field);
    const auto at = finished.find(field);
    REQUIRE(at != std::string::npos);
    CHECK(std::isdigit(static_cast<unsigned char>(finished[at + std::string_view(field).size()])));
  }
  CHECK_FALSE(contains(stack.daemon.standard_error(), kKey));
}

TEST_CASE("the line of a change names its operation, and the caller's trace beside a request id of its own") {
  const std::string trace = "4bf92f3577b34da6a3ce929d0e0e4736";
  std::mutex mutex;
  std::set<std::string> sent;  // what Azure got as the client's id of a request
  Stack stack;
  stack.azure.emulator().set_fault_script([&](const dev8agent::HttpRequest& request, std::uint64_t) {
    const auto id = dev8agent::find_header(request.headers, "x-ms-client-request-id");
    const std::lock_guard lock(mutex);
    if (id && contains(request.url, kId)) sent.emplace(*id);
    return dev8agent::emulator::Fault{};
  });
  RestClient::Headers headers = {"traceparent: 00-" + trace + "-00f067aa0ba902b7-01", "X-Request-ID: created",
                                 "Prefer: respond-async"};
  const Answer begun = stack.client.post(kAll, create_body(kId), headers);
  REQUIRE(begun.status == 202);
  const std::string location = begun.header("Operation-Location");
  const std::string operation = "\"operationId\":\"" + location.substr(location.rfind('/') + 1) + "\"";
  const std::string accepted = stack.daemon.log_line("\"status\":202");
  for (const std::string& part :
       {operation, "\"environmentId\":\"" + kId + "\"", std::string("\"requestId\":\"created\""),
        "\"traceId\":\"" + trace + "\""}) {
    CAPTURE(part);
    CHECK(contains(accepted, part));
  }
  const std::string finished = stack.daemon.log_line("\"event\":\"operation.finished\"");
  CHECK(contains(finished, operation));
  CHECK(contains(finished, "\"traceId\":\"" + trace + "\""));
  {
    const std::lock_guard lock(mutex);
    CHECK(sent.contains("4bf92f35-77b3-4da6-a3ce-929d0e0e4736"));
  }

  REQUIRE(stack.client.post(kAll + "/" + kId + "/stop").status == 200);
  const std::string stopped = stack.daemon.log_line("/environments/{id}/stop\"");
  CHECK(contains(stopped, "\"operationId\":\"stop." + kId));
  CHECK_FALSE(contains(stopped, "traceId"));
}

TEST_CASE("why a request was refused is in the log, and what it made up is not") {
  Stack stack;
  CHECK(stack.client.get(kAll + "/" + kId).status == 404);
  const std::string missing = stack.daemon.log_line("/environments/{id}\"");
  CHECK(contains(missing, "\"reason\":\"NOT_FOUND\""));
  CHECK(contains(missing, "\"environmentId\":\"" + kId + "\""));
  CHECK(contains(missing, "\"caller\":\"address 127.0.0.1\""));
  CHECK(stack.client.get(kAll + "/CANARY%0a").status == 400);
  CHECK(contains(stack.daemon.log_line("\"status\":400"), "\"reason\":\"INVALID_REQUEST\""));
  CHECK_FALSE(contains(stack.daemon.standard_error(), "CANARY"));
}

TEST_CASE("a change that is refused, and a cancel, say who asked for it and about what") {
  const std::string admin = "admin-key-of-32-characters-00001";
  const std::string reader = "reader-key-of-32-characters-0001";
  const std::string other = "other-key-of-32-characters-00001";
  auto options = TestAzure::quick();
  options.provisioning_time = std::chrono::hours(1);
  Stack stack(
      Variables{{"API_KEYS", "root:admin:" + admin + ",board:read:" + reader + ",ops:operate:" + other}},
      options);
  const Answer begun =
      stack.client.post(kAll, create_body(kId), {"Authorization: Bearer " + admin, "Prefer: respond-async"});
  REQUIRE(begun.status == 202);

  CHECK(stack.client.post(kAll + "/" + kId + "/stop", "", {"Authorization: Bearer " + reader}).status == 403);
  const std::string refused = stack.daemon.log_line("\"status\":403");
  CHECK(contains(refused, "\"caller\":\"key board\""));
  CHECK(contains(refused, "\"environmentId\":\"" + kId + "\""));

  const std::string operation = begun.header("Operation-Location");
  REQUIRE(stack.client.post(operation + "/cancel", "", {"Authorization: Bearer " + other}).status == 202);
  const std::string cancelled = stack.daemon.log_line("/operations/{id}/cancel\"");
  CHECK(contains(cancelled, "\"caller\":\"key ops\""));
  CHECK(contains(cancelled, "\"environmentId\":\"" + kId + "\""));
  CHECK(contains(cancelled, "\"operationId\":\"" + operation.substr(operation.rfind('/') + 1) + "\""));
  CHECK(contains(cancelled, "\"remote\":\"127.0.0.1\""));
}

TEST_CASE("each kind of change leaves a record: who, what, which environment, what came of it, from where") {
  const std::string one = kAll + "/" + kId;
  struct Change {
    std::string operation;
    std::string result;
    std::string method;
    std::string path;
    std::string body{};
  };
  const Change changes[] = {
      {"create", "OK", "POST", kAll, create_body(kId)},
      {"create", "CONFLICT", "POST", kAll, create_body(kId, R"(,"labels":{"team":"blue"})")},
      {"update", "OK", "PATCH", one, R"({"name":"Renamed"})"},
      {"restart", "OK", "POST", one + "/restart"},
      {"delete", "CONFLICT", "DELETE", one},
      {"stop", "OK", "POST", one + "/stop"},
      {"restart", "CONFLICT", "POST", one + "/restart"},
      {"start", "OK", "POST", one + "/start"},
      {"delete", "OK", "DELETE", one + "?force=true&snapshot=true"},
      {"start", "NOT_FOUND", "POST", one + "/start"},
      {"restore", "OK", "POST", one + "/restore"},
      {"sweep", "OK", "POST", "/api/v1/orphans/sweep", R"({"dryRun":false})"},
  };
  Stack stack(Variables{{"API_KEYS", "ops:admin:" + kKey}, {"TRUSTED_PROXIES", "127.0.0.0/8"}});
  int number = 0;
  for (const Change& change : changes) {
    CAPTURE(change.operation);
    CAPTURE(change.result);
    const std::string request = "change-" + std::to_string(++number);
    RestClient::Headers headers = {"Authorization: Bearer " + kKey, "X-Forwarded-For: 203.0.113.9",
                                   "X-Request-ID: " + request};
    if (!change.body.empty()) headers.push_back("Content-Type: application/json");
    const Answer answer = stack.client.send(change.method, change.path, change.body, headers);
    CHECK((answer.status < 300) == (change.result == "OK"));
    // In the record the environment stands before the request, in the line of the request it does not.
    const std::string about =
        change.operation == "sweep" ? R"("operation":"sweep")" : R"("environment":")" + kId + '"';
    const std::string record = stack.daemon.log_line(about + R"(,"requestId":")" + request + '"');
    CHECK(contains(record, R"("event":"operation.finished")"));
    CHECK(contains(record, R"("operation":")" + change.operation + '"'));
    CHECK(contains(record, R"("result":")" + change.result + '"'));
    CHECK(contains(record, R"("caller":"key ops")"));
    CHECK(contains(record, R"("remote":"203.0.113.9")"));
    CHECK(contains(record, R"("level":"info")"));
  }
}
