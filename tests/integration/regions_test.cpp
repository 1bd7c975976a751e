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

TEST_CASE("a create in a region that is full from the start makes nothing") {
  Stack stack;
  stack.azure.emulator().set_core_quota("eastus", 1);
  const Answer refused = stack.client.post("/api/v1/environments", create_body("workspace-0001"));
  CHECK(refused.status == 503);
  CHECK(refused.text({"reason"}) == "QUOTA_EXCEEDED");
  CHECK(refused.text({"message"}).find("0 of 1 cores") != std::string::npos);
  CHECK(stack.azure.emulator().shares().empty());
}
