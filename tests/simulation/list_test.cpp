// Walks through the list of environments while it changes.
#include <doctest/doctest.h>

#include "support/world.h"

using namespace dev8agent;
using namespace dev8agent::test;

namespace {

// The ids of one page, each followed by a space.
std::string ids_of(const EnvironmentPage& page) {
  std::string ids;
  for (const Environment& environment : page.environments) ids += environment.id + " ";
  return ids;
}

void create(World& world, EnvironmentOrchestrator& agent, const std::string& id) {
  REQUIRE(world.finish(agent.create(create_request(id))).ok());
  world.clock().advance(std::chrono::seconds(10));
}

}  // namespace

TEST_CASE("list: a cursor goes on behind the last environment, whatever comes and goes meanwhile") {
  World world;
  auto agent = world.agent();
  for (const char* id :
       {"environment-1", "environment-2", "environment-3", "environment-4", "environment-5"}) {
    create(world, *agent, id);
  }
  const auto first = world.finish(agent->list({.page_size = 2})).value();
  CHECK(ids_of(first) == "environment-5 environment-4 ");
  CHECK(first.total == 5);

  // The last one of the page goes, and a newer one comes: by page numbers, the next page would begin wrongly.
  REQUIRE(world.finish(agent->remove({.id = "environment-4", .force = true})).ok());
  create(world, *agent, "environment-6");
  world.clock().advance(std::chrono::seconds(10));
  const auto second = world.finish(agent->list({.page_size = 2, .cursor = first.next_cursor})).value();
  CHECK(ids_of(second) == "environment-3 environment-2 ");
  const auto third = world.finish(agent->list({.page_size = 2, .cursor = second.next_cursor})).value();
  CHECK(ids_of(third) == "environment-1 ");
  CHECK(third.next_cursor.empty());
  CHECK(third.total == 5);
}

TEST_CASE("list: a full last page has no cursor, and behind the end there is nothing") {
  World world;
  auto agent = world.agent();
  create(world, *agent, "environment-1");
  create(world, *agent, "environment-2");
  const auto all = world.finish(agent->list({.page_size = 2})).value();
  CHECK(ids_of(all) == "environment-2 environment-1 ");
  CHECK(all.next_cursor.empty());
  const auto beyond = world.finish(agent->list({.cursor = "0.environment-0"})).value();
  CHECK(beyond.environments.empty());
  CHECK(beyond.next_cursor.empty());
  CHECK(world.finish(agent->list({.page = 3})).value().environments.empty());
}

TEST_CASE("list: a cursor counts the filtered environments alone") {
  World world;
  auto agent = world.agent();
  for (int number = 1; number <= 4; ++number) {
    CreateRequest request = create_request("environment-" + std::to_string(number));
    request.spec.labels = {{"team", number % 2 == 0 ? "blue" : "red"}};
    REQUIRE(world.finish(agent->create(std::move(request))).ok());
    world.clock().advance(std::chrono::seconds(10));
  }
  ListRequest blue{.page_size = 1, .labels = {{"team", "blue"}}};
  const auto first = world.finish(agent->list(blue)).value();
  CHECK(ids_of(first) == "environment-4 ");
  blue.cursor = first.next_cursor;
  const auto second = world.finish(agent->list(blue)).value();
  CHECK(ids_of(second) == "environment-2 ");
  CHECK(second.next_cursor.empty());
}

TEST_CASE("list: a resource group and a storage account that regions have in common are asked once") {
  World world;
  AgentTweaks tweaks;
  tweaks.regions = {"eastus", "westeurope", "centralindia"};
  auto agent = world.agent(tweaks);
  create(world, *agent, "environment-1");
  world.azure().clear_calls();
  CHECK(world.finish(agent->list({})).value().total == 1);
  CHECK(world.count("ContainerGroups_ListByResourceGroup") == 1);
  CHECK(world.count("Shares_List") == 1);
}
