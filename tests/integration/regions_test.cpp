// Regions with their quotas over REST, and a create that is refused because its region is full.
#include <doctest/doctest.h>

#include "stack.h"

TEST_CASE("regions are listed with quota and use; a full one refuses a create with the figures") {
  Stack stack;
  const RestClient& client = stack.client;
  REQUIRE(client.post("/api/v1/environments", create_body("workspace-0001")).status == 201);

  const Answer listed = client.get("/api/v1/regions");
  REQUIRE(listed.status == 200);
  const auto& regions = listed.json.find("data")->find("regions")->array();
  REQUIRE(regions.size() == 2);
  const auto& region = regions[0];
  CHECK(region.string_at({"name"}) == "eastus");
  CHECK(region.string_at({"location"}) == "eastus");
  CHECK(region.find("default")->boolean() == true);
  CHECK(region.string_at({"status"}) == "AVAILABLE");
  CHECK(region.find("usage")->find("containerGroups")->find("limit")->integer() == 100);
  CHECK(region.find("usage")->find("cores")->find("limit")->integer() == 100);
  CHECK(region.find("maxCpuCores")->integer() == 31);
  CHECK(region.find("maxMemoryGB")->integer() == 240);
  CHECK(region.find("createsLeft5m")->integer() == 99);
  CHECK(!region.string_at({"observedAt"}).empty());

  stack.azure.emulator().set_core_quota("eastus", 3);
  // Known to the agent is still the quota of before: Azure refuses, and the agent says so.
  const Answer refused = client.post("/api/v1/environments", create_body("workspace-0002"));
  CHECK(refused.status == 503);
  CHECK(refused.text({"reason"}) == "QUOTA_EXCEEDED");
  CHECK(stack.azure.emulator().groups().size() == 1);
  CHECK(stack.azure.emulator().shares().size() == 1);
}

TEST_CASE("a create that goes on in the next region is counted, as is its roll-back in the first one") {
  Stack stack;
  stack.azure.emulator().set_location("eastus", dev8agent::emulator::Deployment::kNoCapacitySync);
  const Answer created = stack.client.post(
      "/api/v1/environments",
      R"({"workspaceId":"workspace-0001","name":"n","cloudRegion":"auto","cpuCores":1,"memoryGB":2,"storageGB":10})");
  REQUIRE(created.status == 201);
  CHECK(created.text({"data", "environment", "cloudRegion"}) == "westeurope");
  const std::string metrics = stack.client.get("/metrics").body;
  CHECK(metrics.find("\ndev8_create_failovers_total 1\n") != std::string::npos);
  CHECK(metrics.find("\ndev8_rollbacks_total{result=\"done\"} 1\n") != std::string::npos);
  CHECK(metrics.find("\ndev8_rollbacks_total{result=\"incomplete\"} 0\n") != std::string::npos);
}

TEST_CASE(
    "the operator's limits of sizes are told with the regions, and a create or start above them is a 400") {
  Stack stack(
      Variables{{"AGENT_MAX_CPU_CORES", "2"}, {"AGENT_MAX_MEMORY_GB", "8"}, {"AGENT_MAX_STORAGE_GB", "30"}});
  const RestClient& client = stack.client;
  const Answer listed = client.get("/api/v1/regions");
  REQUIRE(listed.status == 200);
  const auto* limits = listed.json.find("data")->find("limits");
  REQUIRE(limits != nullptr);
  CHECK(limits->find("cpuCores")->integer() == 2);
  CHECK(limits->find("memoryGB")->integer() == 8);
  CHECK(limits->find("storageGB")->integer() == 30);

  const Answer refused =
      client.post("/api/v1/environments",
                  R"({"workspaceId":"workspace-0001","name":"n","cpuCores":3,"memoryGB":4,"storageGB":20})");
  CHECK(refused.status == 400);
  CHECK(refused.text({"reason"}) == "INVALID_REQUEST");
  CHECK(refused.body.find(R"({"field":"cpuCores","message":"must be at most 2 cores on this agent"})") !=
        std::string::npos);
  CHECK(stack.azure.emulator().shares().empty());

  REQUIRE(client.post("/api/v1/environments", create_body("workspace-0001")).status == 201);
  REQUIRE(client.post("/api/v1/environments/workspace-0001/stop", "").status == 200);
  const Answer larger =
      client.post("/api/v1/environments/workspace-0001/start", R"({"memoryGB":16,"cpuCores":2})");
  CHECK(larger.status == 400);
  CHECK(larger.body.find("must be at most 8 GB on this agent") != std::string::npos);
  CHECK(client.post("/api/v1/environments/workspace-0001/start", R"({"memoryGB":8})").status == 200);
}

TEST_CASE("a create in a region that is full from the start makes nothing") {
  Stack stack;
  stack.azure.emulator().set_core_quota("eastus", 1);
  const Answer refused = stack.client.post("/api/v1/environments", create_body("workspace-0001"));
  CHECK(refused.status == 503);
  CHECK(refused.text({"reason"}) == "QUOTA_EXCEEDED");
  CHECK(refused.text({"message"}).find("0 of 1 cores") != std::string::npos);
  CHECK(stack.azure.emulator().shares().empty());
}

TEST_CASE("a create is repeated at an agent with smaller limits, and refused there when it is new") {
  Stack stack;
  REQUIRE(stack.client.post("/api/v1/environments", create_body("workspace-0001")).status == 201);
  Variables smaller = stack.azure.variables();
  smaller["AGENT_PORT"] = "0";
  smaller["AGENT_MAX_CPU_CORES"] = "1";
  const DaemonProcess daemon({}, smaller);
  const RestClient client(daemon.url());
  const Answer repeated = client.post("/api/v1/environments", create_body("workspace-0001"));
  CHECK(repeated.status == 200);
  CHECK(repeated.text({"data", "environment", "status"}) == "RUNNING");
  CHECK(client.post("/api/v1/environments", create_body("workspace-0002")).status == 400);

  const auto outcome = [&](const std::string& id) {
    const Answer accepted = client.post("/api/v1/environments", create_body(id), {"Prefer: respond-async"});
    REQUIRE(accepted.status == 202);
    const std::string path = accepted.header("Operation-Location") + "?wait=10";
    REQUIRE(eventually([&] { return client.get(path).text({"data", "operation", "status"}) != "RUNNING"; }));
    return client.get(path);
  };
  CHECK(outcome("workspace-0001").text({"data", "operation", "status"}) == "SUCCEEDED");
  CHECK(outcome("workspace-0002").text({"data", "operation", "error", "reason"}) == "INVALID_REQUEST");
  CHECK(stack.azure.emulator().shares().size() == 1);
}
