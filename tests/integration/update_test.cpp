// PATCH of an environment, over the network: its answers, its refusals, and who is told.
#include <doctest/doctest.h>

#include "stack.h"

namespace {

const std::string kAll = "/api/v1/environments";
const std::string kOne = kAll + "/workspace-0001";
const std::string kMergePatch = "Content-Type: application/merge-patch+json";

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// The text of data.environment.
std::string environment_in(const Answer& answer) {
  const std::size_t begin = answer.body.find("\"environment\":");
  const std::size_t end = answer.body.rfind(",\"message\":");
  REQUIRE(begin < end);
  return answer.body.substr(begin, end - begin);
}

}  // namespace

TEST_CASE("update: a running environment takes a merge patch, and GET and list show it") {
  Stack stack;
  REQUIRE(
      stack.client.post(kAll, create_body("workspace-0001", R"(,"labels":{"old":"1","keep":"x"})")).status ==
      201);
  const Answer updated = stack.client.patch(
      kOne, R"({"name":"Renamed","labels":{"team":"blue","old":null},"idleStopMinutes":0})", {kMergePatch});
  CHECK(updated.status == 200);
  CHECK(updated.text({"message"}) == "Environment updated");
  CHECK(updated.text({"data", "environment", "name"}) == "Renamed");
  CHECK(updated.text({"data", "environment", "labels", "team"}) == "blue");
  CHECK(updated.text({"data", "environment", "labels", "keep"}) == "x");
  CHECK(updated.text({"data", "environment", "labels", "old"}).empty());
  CHECK(updated.text({"data", "environment", "status"}) == "RUNNING");
  const Answer shown = stack.client.get(kOne);
  CHECK(environment_in(shown) == environment_in(updated));
  CHECK(contains(stack.client.get(kAll + "?label=team:blue").body, "workspace-0001"));
  CHECK_FALSE(contains(stack.client.get(kAll + "?label=old:1").body, "workspace-0001"));
  CHECK(stack.azure.emulator().groups().at(0).deployments == 1);

  const Answer reset = stack.client.patch(kOne, R"({"labels":null,"idleStopMinutes":null})");
  CHECK(reset.status == 200);
  CHECK(reset.text({"data", "environment", "name"}) == "Renamed");
  CHECK(reset.json.find_path({"data", "environment", "idleStopMinutes"}) == nullptr);
  CHECK_FALSE(contains(reset.body, "keep"));

  CHECK(stack.client.post(kOne + "/stop").status == 200);
  CHECK(stack.client.patch(kOne, R"({"baseImage":"python"})").text({"data", "environment", "status"}) ==
        "STOPPED");
  CHECK(stack.client.get(kOne).text({"data", "environment", "baseImage"}) == "python");
}

TEST_CASE("update: what is refused, with the field and its rule") {
  Stack stack;
  CHECK(stack.client.patch(kOne, R"({"name":"Renamed"})").status == 404);
  REQUIRE(stack.client.post(kAll, create_body("workspace-0001")).status == 201);
  struct Row {
    const char* body;
    const char* field;
  };
  for (const Row& row :
       {Row{"{}", "name"}, Row{R"({"name":""})", "name"}, Row{R"({"cpuCores":4})", "cpuCores"},
        Row{R"({"labels":{"a,b":"x"}})", "labels"}, Row{R"({"labels":{"team":1}})", "labels.team"},
        Row{R"({"idleStopMinutes":5})", "idleStopMinutes"}}) {
    CAPTURE(std::string(row.body));
    const Answer refused = stack.client.patch(kOne, row.body);
    CHECK(refused.status == 400);
    CHECK(refused.bad_fields() == std::vector<std::string>{row.field});
  }
  CHECK(contains(stack.client.patch(kOne, "{}").body, "nothing to change"));
  CHECK(stack.client.patch(kOne, "").status == 400);
  CHECK(stack.client.patch(kOne, "name=x", {"Content-Type: text/plain"}).status == 415);
  CHECK(stack.client.patch(kAll, R"({"name":"x"})").status == 405);
  CHECK(stack.client.get(kOne).text({"data", "environment", "name"}) == "My workspace");
}

TEST_CASE("update: it is counted and logged as an operation of its caller") {
  Stack stack(Variables{{"API_KEYS", "ops:operate:operator-key-of-32-characters-01"}});
  const RestClient::Headers key = {"Authorization: Bearer operator-key-of-32-characters-01"};
  REQUIRE(stack.client.post(kAll, create_body("workspace-0001"), key).status == 201);
  REQUIRE(stack.client.patch(kOne, R"({"name":"Renamed"})", key).status == 200);
  CHECK(contains(stack.client.get("/metrics", key).body, R"(operation="update")"));
  CHECK(eventually([&] {
    stack.client.get("/live");
    return contains(stack.daemon.standard_error(), "\"operation\":\"update\"");
  }));
  CHECK(contains(stack.daemon.standard_error(), "\"caller\":\"key ops\""));
  // One user's updates count for the limit of rates, as everything does.
  CHECK_FALSE(stack.client.patch(kOne, R"({"name":"Renamed"})", key).header("RateLimit").empty());
}
