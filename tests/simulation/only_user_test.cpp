// Calls that see one user's environments alone: others' are as if they were not there, and stay as they are.
#include <doctest/doctest.h>

#include "support/two_regions.h"
#include "support/world.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;

namespace {

const std::string kId = "workspace-0001";

CallOptions for_user(const std::string& user) {
  return {.only_user = user};
}

void create_for(World& world, EnvironmentOrchestrator& agent, const std::string& user) {
  CreateRequest request = create_request(kId);
  request.spec.user_id = user;
  auto created = agent.create(std::move(request));
  REQUIRE(world.finish(created).ok());
}

template <class T>
bool not_found(World& world, Operation<T> operation) {
  const auto& result = world.finish(operation);
  return !result.ok() && result.error().code == ErrorCode::kNotFound;
}

}  // namespace

TEST_CASE("another user's environment does not exist for the call, and nothing is changed") {
  World world;
  auto agent = world.agent();
  create_for(world, *agent, "bob");
  const int writes = world.count("ContainerGroups_Stop") + world.count("ContainerGroups_Delete");
  CHECK(not_found(world, agent->get({kId, ""}, for_user("ada"))));
  CHECK(not_found(world, agent->stop({kId, ""}, for_user("ada"))));
  CHECK(not_found(world, agent->restart({kId, ""}, for_user("ada"))));
  CHECK(not_found(world, agent->update({.id = kId, .name = "Hers"}, for_user("ada"))));
  CHECK(world.group(kId).tags.at("name") != "Hers");
  CHECK(not_found(world, agent->remove({kId, "", true}, for_user("ada"))));
  StartRequest start;
  start.id = kId;
  CHECK(not_found(world, agent->start(std::move(start), for_user("ada"))));
  CHECK(not_found(world, agent->events({kId, ""}, for_user("ada"))));
  LogsRequest logs;
  logs.id = kId;
  CHECK(not_found(world, agent->logs(logs, for_user("ada"))));
  CHECK(world.count("ContainerGroups_Stop") + world.count("ContainerGroups_Delete") == writes);
  CHECK(world.has_group(kId));
  CHECK(world.has_share(kId));
  auto own = agent->get({kId, ""}, for_user("bob"));
  CHECK(world.finish(own).ok());
  auto removed = agent->remove({kId, "", true}, for_user("bob"));
  CHECK(world.finish(removed).ok());
  CHECK_FALSE(world.has_group(kId));
}

TEST_CASE("a forced delete for another user does not end a create that is under way") {
  World world;
  auto agent = world.agent();
  CreateRequest request = create_request(kId);
  request.spec.user_id = "bob";
  auto created = agent->create(std::move(request));
  REQUIRE(world.clock().run_until([&] { return world.has_group(kId); }));
  CHECK(not_found(world, agent->remove({kId, "", true}, for_user("ada"))));
  const auto& outcome = world.finish(created);
  REQUIRE_MESSAGE(outcome.ok(), outcome.error().message);
  CHECK(world.has_group(kId));
}

TEST_CASE("an environment in a region that is not enabled is not told of to another user") {
  World world;
  auto both = world.agent(both_regions());
  CreateRequest request = create_in(kId, "westeurope");
  request.spec.user_id = "bob";
  auto created = both->create(std::move(request));
  REQUIRE(world.finish(created).ok());
  AgentTweaks one_region;
  one_region.regions = {"eastus"};
  auto east = world.agent(one_region);
  auto anybody = east->get({kId, ""});
  const auto& conflict = world.finish(anybody);
  REQUIRE_FALSE(conflict.ok());
  CHECK(conflict.error().code == ErrorCode::kConflict);
  CHECK(not_found(world, east->get({kId, ""}, for_user("ada"))));
}
