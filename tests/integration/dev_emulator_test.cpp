// The emulator of --dev as its users see it: its state, and the faults that a file asks for.
#include <doctest/doctest.h>

#include "stack.h"
#include "support/temp_directory.h"

namespace {

const std::string kState = "/console/emulator.json";

}  // namespace

TEST_CASE("without an embedded emulator there is no state of one") {
  Stack stack;
  const Answer answer = stack.client.get(kState);
  CHECK(answer.status == 404);
  CHECK(answer.text({"message"}).find("--dev") != std::string::npos);
}

TEST_CASE("the emulator of --dev shows groups, shares, requests and faults, to operators alone") {
  dev8agent::test::TempDirectory directory;
  const std::string faults = directory.write("faults", "PUT */containerGroups/* 1 lose-after\n");
  const std::string all = "all-users-key-of-32-characters-1";
  const std::string one = "one-user-key-of-32-characters-01";
  DaemonProcess daemon({"--dev", "--port", "0"},
                       {{"AGENT_DEV_PROVISIONING_MS", "10"},
                        {"AGENT_DEV_FAULTS", faults},
                        {"API_KEYS", "root:admin:" + all + ",ada:user=ada:" + one}});
  REQUIRE_MESSAGE(!daemon.url().empty(), daemon.standard_error());
  const RestClient agent(daemon.url());
  const RestClient::Headers root = {"Authorization: Bearer " + all};
  CHECK(agent.get(kState).status == 401);
  CHECK(agent.get(kState, {"Authorization: Bearer " + one}).status == 403);
  REQUIRE(
      agent.post("/api/v1/environments", create_body("workspace-0001", R"(,"githubToken":"canary-1")"), root)
          .status == 201);
  const Answer state = agent.get(kState, root);
  REQUIRE(state.status == 200);
  CHECK(state.body.find("canary") == std::string::npos);
  const auto* data = state.json.find("data");
  REQUIRE(data != nullptr);
  REQUIRE(data->find("containerGroups")->array().size() == 1);
  CHECK(data->find("containerGroups")->array().front().string_at({"name"}) == "aci-workspace-0001");
  REQUIRE(data->find("shares")->array().size() == 1);
  CHECK(data->find("shares")->array().front().string_at({"name"}) == "fs-workspace-0001");
  CHECK(data->find_path({"faults", "lose-after"})->integer() == 1);
  CHECK(data->find_path({"calls", "ContainerGroups_CreateOrUpdate"})->integer() == 1);
  CHECK(data->find("containerGroups")->array().front().find("deployments")->integer() == 1);
}

TEST_CASE("a file of faults that cannot be used ends the start, with its name and the bad line") {
  dev8agent::test::TempDirectory directory;
  const struct {
    std::string file, words;
  } kRows[] = {{directory.write("bad", "GET * every lose-everything\n"), "lose-after"},
               {directory.path() / "none", "there is no such file"},
               {directory.make_fifo("fifo"), "is no regular file"}};
  for (const auto& row : kRows) {
    DaemonProcess daemon({"--dev", "--port", "0"}, {{"AGENT_DEV_FAULTS", row.file}});
    CHECK(daemon.wait() == 1);
    CHECK(daemon.standard_error().find("AGENT_DEV_FAULTS") != std::string::npos);
    CHECK(daemon.standard_error().find(row.words) != std::string::npos);
  }
}
