// Image, variables, repository and labels of an environment, through the daemon.
#include <doctest/doctest.h>

#include "stack.h"

namespace {

const std::string kAll = "/api/v1/environments";
const std::string kOne = kAll + "/workspace-0001";
const std::string kShape =
    R"(,"image":"team/b:1","environmentVariables":{"A":"canary-1","B":"x y"},"labels":{"team":"blue"},)"
    R"("gitRepository":"https://example.com/a.git","secretVariables":{"C":"canary-2"},"zone":"2")";

}  // namespace

TEST_CASE("shape: what a create asks for is in the container and shown, the values of variables are not") {
  Stack stack({{"WORKSPACE_IMAGES", "team/b:1, team/c"}}, TestAzure::quick());
  const Answer created = stack.client.post(kAll, create_body("workspace-0001", kShape));
  REQUIRE_MESSAGE(created.status == 201, created.body);
  const auto group = stack.azure.emulator().groups().at(0);
  CHECK(group.image == "team/b:1");
  CHECK(group.variables.at("A") == "canary-1");
  CHECK(group.variables.at("DEV8_GIT_REPOSITORY") == "https://example.com/a.git");
  CHECK(group.secure_variables.at("C") == "canary-2");
  CHECK(group.tags.at("label.team") == "blue");

  const Answer shown = stack.client.get(kOne);
  CHECK(shown.text({"data", "environment", "image"}) == "team/b:1");
  CHECK(shown.text({"data", "environment", "labels", "team"}) == "blue");
  CHECK(shown.text({"data", "environment", "zone"}) == "2");
  CHECK(shown.text({"data", "environment", "gitRepository"}) == "https://example.com/a.git");
  CHECK(shown.body.find(R"("environmentVariables":["A","B"])") != std::string::npos);
  for (const Answer& answer : {created, shown, stack.client.get(kAll)})
    CHECK(answer.body.find("canary") == std::string::npos);

  CHECK(stack.client.post(kAll, create_body("workspace-0001", kShape)).status == 200);
  const Answer other = stack.client.post(kAll, create_body("workspace-0001", R"(,"labels":{"team":"red"})"));
  CHECK(other.status == 409);
  CHECK(other.body.find("another image, environmentVariables, gitRepository, labels, zone") !=
        std::string::npos);
}

TEST_CASE("shape: lists show those with the labels, and a start replaces them") {
  Stack stack({}, TestAzure::quick());
  for (const char* id : {"workspace-0001", "workspace-0002"})
    REQUIRE(stack.client.post(kAll, create_body(id, R"(,"labels":{"team":"blue","stage":"test"})")).status ==
            201);
  const auto total = [&](const std::string& query) {
    return stack.client.get(kAll + "?" + query).json.find_path({"data", "total"})->integer();
  };
  CHECK(total("label=team:blue") == 2);
  CHECK(total("label=team%3Ablue&label=stage:test") == 2);
  CHECK(total("label=team:blue,stage:live") == 0);
  CHECK(stack.client.get(kAll + "?label=team").status == 400);
  REQUIRE(stack.client.post(kOne + "/stop").status == 200);
  REQUIRE(stack.client.post(kOne + "/start", R"({"labels":{"team":"red"}})").status == 200);
  CHECK(total("label=team:blue") == 1);
  CHECK(total("label=team:red") == 1);
  CHECK(total("label=team:red,stage:test") == 0);
}

TEST_CASE("shape: a bad value is named with its rule, and nothing is made") {
  Stack stack({}, TestAzure::quick());
  const Answer refused = stack.client.post(
      kAll,
      create_body(
          "workspace-0001",
          R"(,"image":"team/b","environmentVariables":{"1A":"canary","B":2},"labels":{"a/b":"x"},)"
          R"("gitRepository":"https://user:canary@example.com","secretVariables":{"USER_ID":"canary"},"zone":"4")"));
  CHECK(refused.status == 400);
  for (const char* field : {"\"image\"", "\"environmentVariables\"", "\"environmentVariables.B\"",
                            "\"labels\"", "\"gitRepository\"", "\"secretVariables\"", "\"zone\""}) {
    CHECK_MESSAGE(refused.body.find(field) != std::string::npos, field);
  }
  CHECK(refused.body.find("canary") == std::string::npos);
  CHECK(stack.azure.emulator().groups().empty());
}
