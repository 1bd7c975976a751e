// Adoption from end to end: what others have made becomes an environment, and nothing of it is touched.
#include <doctest/doctest.h>

#include "support/two_regions.h"
#include "support/unmark.h"

using namespace dev8agent;
using namespace dev8agent::test;
using emulator::Deployment;

namespace {

const std::string kId = "workspace-0001";

// A container group and a share as another program makes them: no mark, the agent's names.
std::unique_ptr<EnvironmentOrchestrator> make_by_others(World& world, AgentTweaks tweaks = {}) {
  auto maker = world.agent(tweaks);
  auto made = maker->create(create_request(kId));
  const auto& result = world.finish(made);
  REQUIRE_MESSAGE(result.ok(), result.error().message);
  unmark(world, kId);
  world.clock().advance(std::chrono::minutes(10));
  return world.agent(std::move(tweaks));
}

Result<Environment> adopt(World& world, EnvironmentOrchestrator& agent, AdoptRequest request = {.id = kId},
                          CallOptions options = {}) {
  auto operation = agent.adopt(std::move(request), std::move(options));
  return world.finish(operation);
}

Result<Environment> get(World& world, EnvironmentOrchestrator& agent) {
  auto operation = agent.get({kId, ""});
  return world.finish(operation);
}

std::string word(const Result<Environment>& result) {
  return result.ok() ? "ok" : std::string(to_string(result.error().code));
}

int writes(const World& world) {
  return world.count("Tags_UpdateAtScope") + world.count("Share_SetMetadata") +
         world.count("ContainerGroups_CreateOrUpdate") + world.count("ContainerGroups_Stop") +
         world.count("ContainerGroups_Start") + world.count("ContainerGroups_Delete");
}

}  // namespace

TEST_CASE("adopt: an unmarked group and its share become an environment, and what runs goes on") {
  World world;
  auto agent = make_by_others(world);
  CHECK(word(get(world, *agent)) == "ok");  // shown with what can be seen, and changed by nobody
  auto refused = agent->stop({kId, ""});
  REQUIRE_FALSE(world.finish(refused).ok());
  CHECK(refused.get().error().code == ErrorCode::kConflict);

  const auto before = world.group(kId);
  const auto adopted = adopt(world, *agent, {.id = kId, .user_id = "ada", .name = "Mine"});
  REQUIRE_MESSAGE(adopted.ok(), adopted.error().message);
  CHECK(adopted->user_id == "ada");
  CHECK(adopted->name == "Mine");
  CHECK(adopted->cpu_cores == 2);
  CHECK(adopted->memory_gb == 4);
  CHECK(adopted->storage_gb == 20);
  CHECK(adopted->status == EnvironmentStatus::kRunning);
  CHECK(adopted->created_at > WallTime{});
  const auto after = world.group(kId);
  CHECK(after.deployments == before.deployments);
  CHECK(after.incarnation == before.incarnation);
  CHECK(after.tags.at("managed-by") == "dev8-agent");
  CHECK(world.share(kId).metadata.at("userid") == "ada");
  CHECK(world.share(kId).quota_gib == 25);

  // Another agent serves it like any other.
  auto other = world.agent();
  auto listed = other->list({.user_id = "ada"});
  CHECK(world.finish(listed)->total == 1);
  auto stopped = other->stop({kId, ""});
  REQUIRE(world.finish(stopped).ok());
  auto started = other->start({.id = kId});
  REQUIRE(world.finish(started).ok());
  CHECK(started.get()->environment.user_id == "ada");
  CHECK(world.group(kId).secure_variables.contains("CODE_SERVER_PASSWORD"));
  auto removed = other->remove({kId, "", true});
  REQUIRE(world.finish(removed).ok());
  CHECK_FALSE(world.has_group(kId));
  CHECK_FALSE(world.has_share(kId));
}

TEST_CASE("adopt: a second one writes nothing, and another owner is a conflict") {
  World world;
  auto agent = make_by_others(world);
  REQUIRE(adopt(world, *agent).ok());
  const int written = writes(world);
  const auto again = adopt(world, *agent);
  REQUIRE_MESSAGE(again.ok(), again.error().message);
  CHECK(again->user_id == "default-user");
  CHECK(again->name == kId);
  CHECK(word(adopt(world, *agent, {.id = kId, .user_id = "eve"})) == "CONFLICT");
  CHECK(writes(world) == written);
}

TEST_CASE("adopt: an environment of an agent's is as it is") {
  World world;
  auto agent = world.agent();
  auto made = agent->create(create_request(kId));
  REQUIRE(world.finish(made).ok());
  const int written = writes(world);
  CHECK(word(adopt(world, *agent, {.id = kId, .user_id = "user-1"})) == "ok");
  CHECK(word(adopt(world, *agent)) == "CONFLICT");
  CHECK(writes(world) == written);
}

TEST_CASE("adopt: a stopped group stays stopped, and its start needs no new container") {
  World world;
  auto maker = world.agent();
  auto made = maker->create(create_request(kId));
  REQUIRE(world.finish(made).ok());
  auto stopped = maker->stop({kId, ""});
  REQUIRE(world.finish(stopped).ok());
  unmark(world, kId);
  world.clock().advance(std::chrono::minutes(10));
  auto agent = world.agent();
  const auto adopted = adopt(world, *agent);
  REQUIRE_MESSAGE(adopted.ok(), adopted.error().message);
  CHECK(adopted->status == EnvironmentStatus::kStopped);
  auto started = agent->start({.id = kId});
  REQUIRE(world.finish(started).ok());
  CHECK(world.count("ContainerGroups_CreateOrUpdate") == 1);
}

TEST_CASE("adopt: the mark of somebody else is left alone, of group and of share") {
  World world;
  auto agent = make_by_others(world);
  const int written = writes(world);
  replace_tags(world, kId, R"({"managed-by":"terraform"})");
  const auto refused = adopt(world, *agent);
  REQUIRE(word(refused) == "CONFLICT");
  CHECK(refused.error().message.find("managed-by terraform") != std::string::npos);
  replace_tags(world, kId, R"({"Environment":"production"})");
  CHECK(word(adopt(world, *agent)) == "CONFLICT");
  replace_tags(world, kId, R"({"cost":"42"})");
  replace_metadata(world, kId, R"({"environment":"workspace-0002"})");
  CHECK(word(adopt(world, *agent)) == "CONFLICT");
  CHECK(writes(world) == written);
  replace_metadata(world, kId, R"({"backup":"weekly"})");
  REQUIRE(adopt(world, *agent).ok());
  CHECK(world.group(kId).tags.at("cost") == "42");
  CHECK(world.share(kId).metadata.at("backup") == "weekly");
}

TEST_CASE("adopt: while the group is in transition nothing is written, and a repeat succeeds") {
  World world;
  auto maker = world.agent();
  auto made = maker->create(create_request(kId));
  REQUIRE(world.clock().run_until([&] { return world.has_group(kId); }));
  maker.reset();
  unmark(world, kId);
  auto agent = world.agent();
  const int written = writes(world);
  const auto early = adopt(world, *agent);
  REQUIRE(word(early) == "CONFLICT");
  CHECK(early.error().retryable);
  CHECK(writes(world) == written);
  world.clock().advance(std::chrono::minutes(2));
  CHECK(word(adopt(world, *agent)) == "ok");
}

TEST_CASE(
    "adopt: a group that has lost its tags is adopted with what its share tells, once no create is at it") {
  World world;
  auto agent = world.agent();
  auto made = agent->create(create_request(kId));
  REQUIRE(world.finish(made).ok());
  REQUIRE_FALSE(world.share(kId).metadata.at("call").empty());
  replace_tags(world, kId, "{}");
  world.clock().advance(std::chrono::minutes(2));
  const int written = writes(world);
  const auto early = adopt(world, *agent, {.id = kId, .user_id = "user-1"});
  REQUIRE(word(early) == "CONFLICT");
  CHECK(early.error().retryable);
  CHECK(writes(world) == written);
  world.clock().advance(std::chrono::hours(2));
  const auto adopted = adopt(world, *agent, {.id = kId, .user_id = "user-1", .name = "Another"});
  REQUIRE_MESSAGE(adopted.ok(), adopted.error().message);
  CHECK(adopted->name == create_request(kId).spec.name);
  CHECK(writes(world) == written + 1);
}

TEST_CASE("adopt: nothing there, a share alone, a group alone, a region that does not answer") {
  World world(two_accounts());
  auto agent = world.agent(both_regions());
  CHECK(word(adopt(world, *agent)) == "NOT_FOUND");
  emulator::Fault outage;
  outage.kind = emulator::Fault::kStatus;
  outage.status = 503;
  outage.code = "ServiceUnavailable";
  world.azure().set_fault_script([outage](const HttpRequest& request, std::uint64_t) {
    return request.url.find("containerGroups") != std::string::npos ? outage : emulator::Fault();
  });
  CHECK(word(adopt(world, *agent)) == "AZURE_UNAVAILABLE");
  world.azure().set_fault_script(nullptr);

  auto made = agent->create(create_request(kId));
  REQUIRE(world.finish(made).ok());
  unmark(world, kId);
  world.clock().advance(std::chrono::minutes(10));
  change_in_azure(world, "DELETE",
                  "Microsoft.ContainerInstance/containerGroups/aci-" + kId + "?api-version=2025-09-01", "");
  world.clock().advance(std::chrono::minutes(2));
  const auto alone = adopt(world, *agent);
  CHECK(word(alone) == "NOT_FOUND");
  CHECK(world.has_share(kId));
}

TEST_CASE("adopt: what is no environment is refused with each reason") {
  World world;
  auto agent = make_by_others(world);
  change_in_azure(world, "PATCH",
                  "Microsoft.Storage/storageAccounts/" + world.share(kId).storage_account +
                      "/fileServices/default/shares/fs-" + kId + "?api-version=2023-05-01",
                  R"({"properties":{"shareQuota":300}})");
  const auto refused = adopt(world, *agent);
  REQUIRE(word(refused) == "CONFLICT");
  CHECK(refused.error().message.find("storageGB must be an integer between 10 and 100") != std::string::npos);
  CHECK_FALSE(world.group(kId).tags.contains("managed-by"));
}

TEST_CASE("adopt: sizes above the operator's limits stay as they are") {
  World world;
  make_by_others(world);
  AgentTweaks tweaks;
  tweaks.adjust = [](AgentOptions& options) {
    options.size_limits = {.cpu_cores = 1, .memory_gb = 2, .storage_gb = 10};
  };
  auto agent = world.agent(tweaks);
  const auto adopted = adopt(world, *agent);
  REQUIRE_MESSAGE(adopted.ok(), adopted.error().message);
  CHECK(adopted->cpu_cores > 1);
}

TEST_CASE("adopt: for a call that sees one user's environments alone, what nobody owns does not exist") {
  World world;
  auto agent = make_by_others(world);
  CallOptions options;
  options.only_user = "ada";
  CHECK(word(adopt(world, *agent, {.id = kId, .user_id = "ada"}, options)) == "NOT_FOUND");
}

TEST_CASE("adopt: bad values are named") {
  World world;
  auto agent = world.agent();
  const auto refused = adopt(world, *agent, {.id = "x", .cloud_region = "mars", .user_id = "", .name = "\n"});
  REQUIRE(word(refused) == "INVALID_REQUEST");
  std::string fields;
  for (const FieldError& error : refused.error().fields) fields += error.field + " ";
  CHECK(fields == "workspaceId cloudRegion userId name ");
  CHECK(world.azure().calls().empty());
}
