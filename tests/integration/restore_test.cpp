// Deleted files that come back, through the daemon.
#include <doctest/doctest.h>

#include "stack.h"

namespace {

const std::string kAll = "/api/v1/environments";
const std::string kOne = kAll + "/workspace-0001";

}  // namespace

TEST_CASE(
    "restore: a delete with snapshot=true keeps the files where deleted ones are not kept, and says where") {
  Stack stack;
  REQUIRE(stack.client.post(kAll, create_body("workspace-0001")).status == 201);
  CHECK(stack.client.remove(kOne + "?force=true&snapshot=yes").status == 400);
  const Answer kept = stack.client.remove(kOne + "?force=true&snapshot=true");
  REQUIRE(kept.status == 200);
  CHECK(kept.text({"data", "kept", "fileShare"}) == "fs-workspace-0001");
  const std::string snapshot = kept.text({"data", "kept", "snapshot"});
  CHECK(snapshot.ends_with("Z"));
  CHECK(kept.text({"data", "message"}) == "Environment deleted; " + kept.text({"data", "kept", "advice"}));

  const Answer gone = stack.client.get(kOne);
  CHECK(gone.status == 404);
  const auto* details = gone.json.find("details");
  REQUIRE(details != nullptr);
  REQUIRE(details->array().size() == 3);
  CHECK(details->array()[2].string_at({"field"}) == "snapshot");
  CHECK(details->array()[2].string_at({"message"}) == snapshot);
  CHECK(stack.client.post(kAll, create_body("workspace-0001")).status == 409);
  CHECK(stack.client.remove(kOne + "?snapshot=true").status == 404);

  CHECK(stack.client.post(kOne + "/restore").text({"data", "environment", "status"}) == "STOPPED");
  CHECK(stack.client.remove(kOne + "?snapshot=true").status == 200);
  CHECK(stack.client.remove(kOne + "?force=true").status == 200);
  CHECK(stack.client.remove(kOne + "?force=true").status == 404);
  CHECK(stack.client.post(kAll, create_body("workspace-0001")).status == 201);
}

TEST_CASE("restore: a deletion says until when it can be undone, and is undone") {
  DaemonProcess daemon(
      {"--dev"}, {{"AGENT_PORT", "0"}, {"AGENT_DEV_PROVISIONING_MS", "10"}, {"AGENT_DEV_START_MS", "10"}});
  REQUIRE_MESSAGE(!daemon.url().empty(), daemon.standard_error());
  const RestClient agent(daemon.url());
  CHECK(agent.post(kOne + "/restore").status == 404);
  REQUIRE(agent.post(kAll, create_body("workspace-0001")).status == 201);
  CHECK(agent.post(kOne + "/restore").status == 409);
  const Answer deleted = agent.remove(kOne + "?force=true");
  REQUIRE(deleted.status == 200);
  CHECK(deleted.text({"data", "restorableUntil"}).ends_with("Z"));

  const Answer gone = agent.get(kOne);
  CHECK(gone.status == 404);
  const auto* details = gone.json.find("details");
  REQUIRE(details != nullptr);
  REQUIRE(details->array().size() == 1);
  CHECK(details->array()[0].string_at({"field"}) == "restorableUntil");
  CHECK_FALSE(details->array()[0].string_at({"message"}).empty());
  CHECK(agent.post(kOne + "/start").status == 404);

  const Answer back = agent.post(kOne + "/restore");
  CHECK(back.status == 200);
  CHECK(back.text({"data", "environment", "id"}) == "workspace-0001");
  CHECK(back.text({"data", "environment", "status"}) == "STOPPED");
  CHECK(agent.post(kOne + "/start").status == 200);
  CHECK(agent.get(kOne).text({"data", "environment", "status"}) == "RUNNING");
  CHECK(agent.post(kAll + "/no/restore").status == 400);
}
