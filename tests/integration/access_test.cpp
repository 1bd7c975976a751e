// Who may do what, and how often.
#include <doctest/doctest.h>

#include <cctype>

#include "stack.h"

namespace {

const std::string kAll = "/api/v1/environments";
const std::string kId = "workspace-0001";
const std::string kActivity = kAll + "/" + kId + "/activity";
const std::string kSnapshot =
    R"({"snapshot":{"lastIDEActivity":"2026-01-15T08:30:00Z","lastSSHActivity":"","activeIDEConnections":1,)"
    R"("activeSSHConnections":0}})";

const std::string kFirst = "first-key-of-32-characters-00001";
const std::string kSecond = "second-key-of-32-characters-0002";

std::string to_upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

RestClient::Headers bearer(const std::string& token) {
  return {"Authorization: Bearer " + token};
}

}  // namespace

TEST_CASE("with keys everything but the probes needs one") {
  Stack stack(Variables{{"API_KEYS", kFirst + "," + kSecond}, {"AGENT_HOST", "127.0.0.1"}});
  for (const char* path : {"/", "/live"}) CHECK(stack.client.get(path).status == 200);
  for (const char* path : {"/health", "/ready"}) CHECK(stack.client.get(path).status != 401);
  const std::string paths[] = {kAll, kAll + "/" + kId, "/metrics"};
  for (const std::string& path : paths) {
    CAPTURE(path);
    const Answer refused = stack.client.get(path);
    CHECK(refused.status == 401);
    CHECK(refused.header("WWW-Authenticate") == "Bearer");
    CHECK(refused.text({"error"}) == "Unauthorized");
    CHECK(refused.text({"reason"}) == "UNAUTHORIZED");
    for (const std::string& wrong : {kFirst.substr(1), kFirst + "2", to_upper(kFirst), std::string()}) {
      CHECK(stack.client.get(path, bearer(wrong)).status == 401);
    }
    CHECK(stack.client.get(path, {"Authorization: Basic " + kFirst}).status == 401);
    for (const std::string& key : {kFirst, kSecond}) CHECK(stack.client.get(path, bearer(key)).status != 401);
  }
  CHECK(stack.client.post(kAll, create_body(kId)).status == 401);
  CHECK(stack.azure.emulator().groups().empty());
}

TEST_CASE("activity takes a key or the workspace's own token") {
  Stack stack(Variables{{"API_KEYS", kFirst}, {"AGENT_HOST", "127.0.0.1"}});
  REQUIRE(stack.client.post(kAll, create_body(kId), bearer(kFirst)).status == 201);
  REQUIRE(stack.client.post(kAll, create_body("workspace-0002"), bearer(kFirst)).status == 201);
  const auto groups = stack.azure.emulator().groups();
  REQUIRE(groups.size() == 2);
  const bool first = groups[0].name == "aci-" + kId;
  const std::string own = groups[first ? 0 : 1].secure_variables.at("SUPERVISOR_AGENT_API_KEY");
  const std::string other = groups[first ? 1 : 0].secure_variables.at("SUPERVISOR_AGENT_API_KEY");

  const Answer answer = stack.client.post(kActivity, kSnapshot, bearer(own));
  CHECK(answer.status == 200);
  CHECK(answer.text({"data", "environmentId"}) == kId);
  CHECK_FALSE(answer.text({"data", "timestamp"}).empty());
  CHECK(answer.json.find_path({"data", "snapshot", "activeIDEConnections"})->integer() == 1);
  CHECK(stack.client.post(kActivity, kSnapshot, bearer(kFirst)).status == 200);
  CHECK(stack.client.post(kActivity, kSnapshot, bearer(other)).status == 401);
  CHECK(stack.client.post(kActivity, kSnapshot).status == 401);
  CHECK(stack.client.get(kAll, bearer(own)).status == 401);
  CHECK(stack.client.remove(kAll + "/" + kId + "?force=true", "", bearer(own)).status == 401);
}

TEST_CASE("activity without keys: open, and checked") {
  Stack stack;
  CHECK(stack.client.post(kActivity, kSnapshot).status == 200);
  CHECK(stack.client.post(kActivity, R"({"environmentId":"workspace-0002",)" + kSnapshot.substr(1)).status ==
        400);
  CHECK(stack.client.post(kActivity, R"({"snapshot":{"activeIDEConnections":"many"}})").status == 400);
  CHECK(stack.client.post(kActivity, R"({"timestamp":"yesterday",)" + kSnapshot.substr(1)).status == 400);
  CHECK(stack.client.post(kActivity, "{}").status == 400);
  CHECK(stack.client.post(kActivity).status == 400);
  CHECK(stack.client.post(kAll + "/Bad/activity", kSnapshot).status == 400);
}

TEST_CASE("a caller beyond its rate is told when to come back; probes are never refused") {
  Stack stack(Variables{{"RATE_LIMIT_RPS", "1"}, {"RATE_LIMIT_BURST", "3"}});
  Answer answer;
  const bool limited = eventually([&] {
    answer = stack.client.get(kAll + "?page=0");
    return answer.status == 429;
  });
  REQUIRE(limited);
  CHECK(answer.header("Retry-After") == "1");
  CHECK(answer.text({"error"}) == "Too Many Requests");
  CHECK(answer.text({"reason"}) == "RATE_LIMITED");
  for (int i = 0; i < 20; ++i) CHECK(stack.client.get("/live").status == 200);
}

TEST_CASE("probes count for the rate of their caller") {
  for (const char* probe : {"/live", "/ready", "/health"}) {
    CAPTURE(probe);
    Stack stack(Variables{{"RATE_LIMIT_RPS", "1"}, {"RATE_LIMIT_BURST", "200"}});
    // Probes empty the bucket, which has room for more requests than are sent here beside them.
    int status = 0;
    for (int others = 0; others < 100 && status != 429; ++others) {
      for (int i = 0; i < 50; ++i) CHECK(stack.client.get(probe).status != 429);
      status = stack.client.get(kAll + "?page=0").status;
    }
    CHECK(status == 429);
  }
}

TEST_CASE("what is refused counts as well") {
  struct Row {
    const char* method;
    const char* path;
  };
  for (const Row& row :
       {Row{"GET", "/nothing"}, Row{"PUT", "/live"}, Row{"OPTIONS", "/live"}, Row{"FETCH", "/"}}) {
    CAPTURE(row.method);
    Stack stack(Variables{{"RATE_LIMIT_RPS", "1"}, {"RATE_LIMIT_BURST", "3"}});
    CHECK(eventually([&] { return stack.client.send(row.method, row.path).status == 429; }));
  }
}

TEST_CASE("each key has its own rate") {
  Stack stack(Variables{{"RATE_LIMIT_RPS", "1"},
                        {"RATE_LIMIT_BURST", "2"},
                        {"API_KEYS", kFirst + "," + kSecond},
                        {"AGENT_HOST", "127.0.0.1"}});
  REQUIRE(eventually([&] { return stack.client.get(kAll + "?page=0", bearer(kFirst)).status == 429; }));
  CHECK(stack.client.get(kAll + "?page=0", bearer(kSecond)).status == 400);
}
