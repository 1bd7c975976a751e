// Updates from end to end: name, labels and idle stop change, and nothing else does.
#include <doctest/doctest.h>

#include "plan/facts.h"
#include "support/keyless.h"
#include "support/two_regions.h"
#include "support/unmark.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;

namespace {

const std::string kId = "workspace-0001";

void create(World& world, EnvironmentOrchestrator& agent, NamedTexts labels = {}) {
  CreateRequest request = create_request(kId);
  request.spec.labels = std::move(labels);
  auto created = agent.create(std::move(request));
  const auto& result = world.finish(created);
  REQUIRE_MESSAGE(result.ok(), result.error().message);
}

void stop(World& world, EnvironmentOrchestrator& agent) {
  auto stopped = agent.stop({kId, ""});
  REQUIRE(world.finish(stopped).ok());
}

Result<Environment> update(World& world, EnvironmentOrchestrator& agent, UpdateRequest request) {
  request.id = kId;
  auto operation = agent.update(std::move(request));
  return world.finish(operation);
}

Environment get(World& world, EnvironmentOrchestrator& agent) {
  auto operation = agent.get({kId, ""});
  const auto& result = world.finish(operation);
  REQUIRE_MESSAGE(result.ok(), result.error().message);
  return *result;
}

std::string word(const Result<Environment>& result) {
  return result.ok() ? "ok" : std::string(to_string(result.error().code));
}

plan::Facts told_by_group(const World& world) {
  return plan::from_tags(world.group(kId).tags);
}
plan::Facts told_by_share(const World& world) {
  return plan::from_metadata(world.share(kId).metadata);
}

int fact_writes(const World& world) {
  return world.count("Tags_UpdateAtScope") + world.count("Share_SetMetadata") +
         world.count("FileShares_Update");
}

// What an update never does.
int other_writes(const World& world) {
  int sum = 0;
  for (const char* write :
       {"ContainerGroups_CreateOrUpdate", "ContainerGroups_Update", "ContainerGroups_Start",
        "ContainerGroups_Stop", "ContainerGroups_Restart", "ContainerGroups_Delete", "Share_Create",
        "Share_SetProperties", "Share_Delete", "FileShares_Create", "FileShares_Delete"}) {
    sum += world.count(write);
  }
  return sum;
}

}  // namespace

TEST_CASE("update: a running environment changes, what runs goes on, and everybody sees it") {
  World world;
  auto agent = world.agent();
  create(world, *agent, {{"team", "red"}, {"old", "1"}});
  change_in_azure(world, "PATCH",
                  "Microsoft.ContainerInstance/containerGroups/aci-" + kId +
                      "/providers/Microsoft.Resources/tags/default?api-version=2021-04-01",
                  R"({"operation":"Merge","properties":{"tags":{"costCenter":"42"}}})");
  const auto group = world.group(kId);
  const auto share = world.share(kId);
  const int others = other_writes(world);
  const auto updated = update(
      world, *agent, {.name = "Blue", .labels = {{"team", "blue"}, {"old", ""}}, .idle_stop_minutes = 0});
  REQUIRE_MESSAGE(updated.ok(), updated.error().message);
  CHECK(updated->name == "Blue");
  CHECK(updated->labels == NamedTexts{{"team", "blue"}});
  CHECK(updated->idle_stop_minutes == 0);
  CHECK(updated->status == EnvironmentStatus::kRunning);
  CHECK(updated->user_id == "user-1");
  CHECK_FALSE(updated->connection_urls.vscode_web_url.empty());
  CHECK(other_writes(world) == others);
  const auto after = world.group(kId);
  CHECK(after.deployments == group.deployments);
  CHECK(after.incarnation == group.incarnation);
  CHECK(after.tags.at("costCenter") == "42");
  CHECK_FALSE(after.tags.contains("label.old"));
  CHECK(after.tags.at("call") == group.tags.at("call"));
  CHECK(world.share(kId).metadata.at("call") == share.metadata.at("call"));
  CHECK(world.share(kId).incarnation == share.incarnation);
  CHECK(told_by_share(world) == told_by_group(world));

  auto other = world.agent();
  CHECK(get(world, *other) == *updated);
  auto listed = other->list({.labels = {{"team", "blue"}}});
  CHECK(world.finish(listed)->total == 1);
  auto before = other->list({.labels = {{"old", "1"}}});
  CHECK(world.finish(before)->total == 0);
}

TEST_CASE("update: the same again writes nothing, and nothing to change asks nobody") {
  World world;
  auto agent = world.agent();
  create(world, *agent);
  world.azure().clear_calls();
  REQUIRE(update(world, *agent, {.name = "Blue", .labels = {{"team", "blue"}}}).ok());
  CHECK(world.azure_calls() == std::vector<std::string>{"ContainerGroups_Get", "Share_GetProperties",
                                                        "Share_SetMetadata", "Tags_UpdateAtScope",
                                                        "Share_GetProperties"});
  const int writes = fact_writes(world);
  CHECK(word(update(world, *agent, {.name = "Blue", .labels = {{"team", "blue"}, {"gone", ""}}})) == "ok");
  CHECK(fact_writes(world) == writes);
  const auto calls = world.azure_calls().size();
  const auto refused = update(world, *agent, {});
  REQUIRE(word(refused) == "INVALID_REQUEST");
  CHECK(refused.error().fields.at(0).field == "name");
  CHECK(word(update(world, *agent, {.labels = {{"team", "a,b"}}})) == "INVALID_REQUEST");
  CHECK(world.azure_calls().size() == calls);
}

TEST_CASE("update: a stopped environment keeps the change over its start, also with a new container") {
  World world;
  auto agent = world.agent();
  create(world, *agent);
  stop(world, *agent);
  const auto updated = update(world, *agent, {.name = "Blue", .labels = {{"team", "blue"}}});
  REQUIRE_MESSAGE(updated.ok(), updated.error().message);
  CHECK(updated->status == EnvironmentStatus::kStopped);
  CHECK(world.group(kId).state == "Stopped");
  auto started = agent->start({.id = kId});
  REQUIRE(world.finish(started).ok());
  CHECK(world.count("ContainerGroups_CreateOrUpdate") == 1);
  CHECK(get(world, *agent).name == "Blue");
  stop(world, *agent);
  auto bigger = agent->start({.id = kId, .changes = {.cpu_cores = 4}});
  REQUIRE(world.finish(bigger).ok());
  CHECK(world.count("ContainerGroups_CreateOrUpdate") == 2);
  CHECK(told_by_group(world).name == "Blue");
  CHECK(told_by_group(world).labels == NamedTexts{{"team", "blue"}});
}

TEST_CASE("update: without a container group the files tell it, and a start brings it back") {
  World world;
  auto agent = world.agent();
  create(world, *agent);
  stop(world, *agent);
  change_in_azure(world, "DELETE",
                  "Microsoft.ContainerInstance/containerGroups/aci-" + kId + "?api-version=2025-09-01", "");
  REQUIRE_FALSE(world.has_group(kId));
  // Its create may be under way in another process, as far as anybody can tell.
  CHECK(word(update(world, *agent, {.name = "Blue"})) == "CONFLICT");
  world.clock().advance(std::chrono::hours(3));
  const auto updated = update(world, *agent, {.name = "Blue"});
  REQUIRE_MESSAGE(updated.ok(), updated.error().message);
  CHECK(updated->name == "Blue");
  CHECK(updated->status == EnvironmentStatus::kStopped);
  CHECK_FALSE(world.has_group(kId));
  CHECK(get(world, *agent).name == "Blue");
  auto started = agent->start({.id = kId});
  REQUIRE(world.finish(started).ok());
  CHECK(told_by_group(world).name == "Blue");
}

TEST_CASE("update: what is not there, or not this agent's, stays as it is") {
  World world;
  auto agent = world.agent();
  CHECK(word(update(world, *agent, {.name = "Blue"})) == "NOT_FOUND");
  create(world, *agent);
  unmark(world, kId);
  const int writes = fact_writes(world);
  CHECK(word(update(world, *agent, {.name = "Blue"})) == "CONFLICT");
  CHECK(fact_writes(world) == writes);
}

TEST_CASE("update: an environment's own idle stop begins and ends with it") {
  World world;
  AgentTweaks tweaks;
  tweaks.adjust = [](AgentOptions& options) { options.idle_stop_after = std::chrono::minutes(20); };
  auto agent = world.agent(tweaks);
  create(world, *agent);
  const auto standard = get(world, *agent).idle_stop_at;
  REQUIRE(standard.has_value());
  const auto longer = update(world, *agent, {.idle_stop_minutes = 50});
  REQUIRE(longer.ok());
  CHECK(longer->idle_stop_at == *standard + std::chrono::minutes(30));
  CHECK_FALSE(update(world, *agent, {.idle_stop_minutes = 0})->idle_stop_at.has_value());
  world.clock().advance(std::chrono::minutes(40));
  CHECK(world.group(kId).state == "Running");
  const auto reset = update(world, *agent, {.reset_idle_stop = true});
  REQUIRE(reset.ok());
  CHECK_FALSE(reset->idle_stop_minutes.has_value());
  world.clock().advance(std::chrono::minutes(5));
  CHECK(world.group(kId).state == "Stopped");
}

TEST_CASE("update: in one process it waits for a create, and a delete waits for it") {
  World world;
  auto agent = world.agent();
  auto created = agent->create(create_request(kId));
  auto updated = agent->update({.id = kId, .name = "Blue"});
  REQUIRE(world.finish(created).ok());
  const auto& result = world.finish(updated);
  REQUIRE_MESSAGE(result.ok(), result.error().message);
  CHECK(result->status == EnvironmentStatus::kRunning);
  CHECK(told_by_group(world).name == "Blue");
  auto again = agent->update({.id = kId, .name = "Green"});
  auto removed = agent->remove({kId, "", true});
  CHECK(world.finish(again).ok());
  CHECK(world.finish(removed).ok());
  CHECK_FALSE(world.has_group(kId));
  CHECK_FALSE(world.has_share(kId));
}

TEST_CASE("update: on each plane of Azure Files") {
  for (const std::string& plane : {std::string("key"), std::string("entra"), std::string("arm")}) {
    CAPTURE(plane);
    World world(with_identities(two_accounts(), plane == "key"));
    AgentTweaks tweaks;
    if (plane != "key")
      tweaks.adjust = [&](AgentOptions& options) { options.storage_access = access_by(plane, "identity"); };
    auto agent = world.agent(tweaks);
    create(world, *agent, {{"old", "1"}});
    change_in_azure(
        world, "PATCH",
        "Microsoft.Storage/storageAccounts/" + world.share(kId).storage_account +
            "/fileServices/default/shares/fs-" + kId + "?api-version=2023-05-01",
        R"({"properties":{"metadata":)" +
            [&] {
              auto metadata = world.share(kId).metadata;
              std::string text = R"({"backup":"weekly")";
              for (const auto& [name, value] : metadata) text += ",\"" + name + "\":\"" + value + "\"";
              return text + "}";
            }() +
            "}}");
    const auto updated =
        update(world, *agent, {.name = "Blau \u00fc", .labels = {{"team", "b l\u00fc"}, {"old", ""}}});
    REQUIRE_MESSAGE(updated.ok(), updated.error().message);
    CHECK(told_by_share(world).name == "Blau \u00fc");
    CHECK(told_by_share(world).labels == NamedTexts{{"team", "b l\u00fc"}});
    CHECK(told_by_group(world).labels == NamedTexts{{"team", "b l\u00fc"}});
    CHECK(world.share(kId).metadata.at("backup") == "weekly");
    CHECK(world.share(kId).quota_gib == 25);
  }
}
