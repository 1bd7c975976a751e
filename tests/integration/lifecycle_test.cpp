// An environment from creation to deletion over REST, in both dialects.
#include <doctest/doctest.h>
#include <signal.h>

#include "stack.h"

namespace {

const std::string kId = "workspace-0001";
const std::string kAll = "/api/v1/environments";
const std::string kOne = kAll + "/" + kId;

std::string status_of(const RestClient& client) {
  return client.get(kOne).text({"data", "environment", "status"});
}

}  // namespace

TEST_CASE("path form: create, get, stop, start, list, delete") {
  Stack stack;
  const RestClient& client = stack.client;
  CHECK(client.get(kOne).status == 404);

  const Answer created = client.post(kAll, create_body(kId));
  REQUIRE(created.status == 201);
  CHECK(created.header("Location") == kOne);
  CHECK(created.text({"data", "environment", "id"}) == kId);
  CHECK(created.text({"data", "environment", "status"}) == "RUNNING");
  CHECK(created.text({"data", "environment", "azureContainerGroup"}) == "aci-" + kId);
  CHECK(created.text({"data", "environment", "azureFileShare"}) == "fs-" + kId);
  CHECK(created.text({"data", "environment", "connectionUrls", "codeServerPassword"}).size() >= 24);
  CHECK_FALSE(created.text({"data", "message"}).empty());

  const Answer found = client.get(kOne);
  CHECK(found.status == 200);
  CHECK(found.text({"data", "environment", "status"}) == "RUNNING");
  CHECK(found.text({"data", "environment", "connectionUrls", "codeServerPassword"}).empty());

  const Answer stopped = client.post(kOne + "/stop");
  CHECK(stopped.status == 200);
  CHECK(stopped.text({"data", "workspaceId"}) == kId);
  CHECK(status_of(client) == "STOPPED");
  CHECK(client.post(kOne + "/stop").status == 200);

  const Answer started = client.post(kOne + "/start");
  CHECK(started.status == 200);
  CHECK(started.text({"data", "environment", "status"}) == "RUNNING");
  CHECK(status_of(client) == "RUNNING");
  CHECK(client.post(kOne + "/start").status == 200);

  const Answer refused = client.remove(kOne);
  CHECK(refused.status == 409);
  CHECK(refused.text({"message"}).find("still running") != std::string::npos);
  const Answer removed = client.remove(kOne + "?force=true");
  CHECK(removed.status == 200);
  CHECK(removed.text({"data", "workspaceId"}) == kId);
  CHECK(client.get(kOne).status == 404);
  CHECK(client.remove(kOne).status == 404);
  CHECK(stack.azure.emulator().groups().empty());
  CHECK(stack.azure.emulator().shares().empty());
}

TEST_CASE("body form: create, stop, start, delete") {
  Stack stack;
  const RestClient& client = stack.client;
  REQUIRE(client.post(kAll, create_body(kId)).status == 201);
  CHECK(client.post(kAll + "/stop", id_body(kId)).status == 200);
  CHECK(status_of(client) == "STOPPED");
  const std::string repeated =
      R"(,"userId":"user-1","name":"My workspace","cpuCores":2,"memoryGB":4,"storageGB":20)";
  CHECK(client.post(kAll + "/start", id_body(kId, repeated)).status == 200);
  CHECK(status_of(client) == "RUNNING");
  CHECK(client.remove(kAll, id_body(kId)).status == 409);
  CHECK(client.remove(kAll, id_body(kId, R"(,"force":true)")).status == 200);
  CHECK(client.get(kOne).status == 404);
  CHECK(client.post(kAll + "/start", id_body(kId)).status == 404);
  CHECK(client.post(kAll + "/stop", id_body(kId)).status == 404);
}

TEST_CASE("an id is made when the request has none") {
  Stack stack;
  const Answer created = stack.client.post(
      kAll, R"({"name":"n","cloudRegion":"auto","cpuCores":1,"memoryGB":2,"storageGB":10})");
  REQUIRE(created.status == 201);
  const std::string id = created.text({"data", "environment", "id"});
  CHECK(id.size() == 36);
  CHECK(stack.client.get(kAll + "/" + id).status == 200);
}

TEST_CASE("list: filters, pages and their errors") {
  Stack stack;
  const RestClient& client = stack.client;
  REQUIRE(client.post(kAll, create_body("workspace-0001")).status == 201);
  REQUIRE(client.post(kAll, create_body("workspace-0002")).status == 201);
  REQUIRE(client.post(kAll + "/workspace-0002/stop").status == 200);

  const auto total = [&](const std::string& query) {
    const Answer answer = client.get(kAll + query);
    const auto* count = answer.json.find_path({"data", "total"});
    return answer.status == 200 && count != nullptr ? count->integer().value_or(-1) : -1;
  };
  CHECK(total("") == 2);
  CHECK(total("?userId=user-1") == 2);
  CHECK(total("?userId=user-2") == 0);
  CHECK(total("?status=STOPPED") == 1);
  CHECK(total("?status=RUNNING&cloudRegion=eastus") == 1);
  CHECK(total("?cloudRegion=westeurope") == 0);
  CHECK(total("?page=2&pageSize=1") == 2);
  const Answer page = client.get(kAll + "?page=2&pageSize=1");
  CHECK(page.json.find_path({"data", "environments"})->array().size() == 1);
  CHECK(page.json.find_path({"data", "pageSize"})->integer() == 1);

  for (const char* query : {"?page=0", "?page=x", "?page=1&page=2", "?pageSize=0", "?pageSize=101",
                            "?pageSize=1.5", "?status=SLEEPING", "?status=running%20"}) {
    CAPTURE(query);
    CHECK(client.get(kAll + query).status == 400);
  }
  CHECK(client.get(kAll + "?page=0&pageSize=0&status=x").bad_fields().size() == 3);
}

TEST_CASE("--dev needs no configuration at all") {
  DaemonProcess daemon({"--dev", "--port", "0"},
                       {{"AGENT_DEV_PROVISIONING_MS", "50"}, {"AGENT_DEV_START_MS", "50"}});
  const RestClient client(daemon.url());
  CHECK(client.post(kAll, create_body(kId)).status == 201);
  CHECK(status_of(client) == "RUNNING");
  CHECK(client.remove(kOne + "?force=true").status == 200);
  CHECK(eventually([&] { return client.get("/health").status == 200; }));
  CHECK(client.get("/ready").status == 200);
  daemon.signal(SIGTERM);
  CHECK(daemon.wait() == 0);
}
