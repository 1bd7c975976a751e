// Several regions: fail-over when the caller left the choice open, never otherwise; one id lives in one
// region.
#include <doctest/doctest.h>

#include "azure/shared_key.h"
#include "base/time_format.h"
#include "support/two_regions.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;
using emulator::Deployment;

namespace {

const std::string kId = "workspace-0001";

}  // namespace

TEST_CASE("auto: fails over when a region has no capacity, and leaves nothing there") {
  for (Deployment refusal : {Deployment::kNoCapacitySync, Deployment::kNoCapacityAsync}) {
    World world(two_accounts());
    auto agent = world.agent(both_regions());
    world.azure().set_location("eastus", refusal);
    auto operation = agent->create(create_in(kId, "auto"));
    const auto& created = world.finish(operation);
    REQUIRE_MESSAGE(created.ok(), created.error().message);
    CHECK(created->environment.cloud_region == "westeurope");
    CHECK(world.share(kId).storage_account == "dev8west");
    REQUIRE(world.azure().groups().size() == 1);
    CHECK(world.azure().groups()[0].location == "westeurope");
    // Found again by id alone, and by a repeat of the request.
    auto get = agent->get({kId, ""});
    CHECK(world.finish(get)->cloud_region == "westeurope");
    world.azure().set_location("eastus", Deployment::kWorks);
    auto repeat = agent->create(create_in(kId, "auto"));
    CHECK_FALSE(world.finish(repeat)->changed);
  }
}

TEST_CASE("auto moves on when a region's quota is used up") {
  World world(two_accounts());
  auto agent = world.agent(both_regions());
  world.azure().set_core_quota("eastus", 1);
  auto operation = agent->create(create_in(kId, "auto"));
  const auto& created = world.finish(operation);
  REQUIRE_MESSAGE(created.ok(), created.error().message);
  CHECK(created->environment.cloud_region == "westeurope");
}

TEST_CASE("a named region is never left silently") {
  World world(two_accounts());
  auto agent = world.agent(both_regions());
  world.azure().set_location("eastus", Deployment::kNoCapacitySync);
  auto operation = agent->create(create_in(kId, "eastus"));
  CHECK(world.finish(operation).error().code == ErrorCode::kCapacityUnavailable);
  CHECK(world.azure().groups().empty());
}

TEST_CASE("a list of candidates is tried in its order and nowhere else") {
  World world(two_accounts());
  auto agent = world.agent(both_regions());
  CreateRequest request = create_in(kId, "auto");
  request.candidate_regions = {"westeurope"};
  auto operation = agent->create(std::move(request));
  CHECK(world.finish(operation)->environment.cloud_region == "westeurope");
}

TEST_CASE("an id that lives in one region is not created in another") {
  World world(two_accounts());
  auto agent = world.agent(both_regions());
  auto operation = agent->create(create_in(kId, "westeurope"));
  REQUIRE(world.finish(operation).ok());
  auto other = agent->create(create_in(kId, "eastus"));
  const auto& refused = world.finish(other);
  CHECK(refused.error().code == ErrorCode::kConflict);
  CHECK(refused.error().message.find("westeurope") != std::string::npos);
  auto wrong_region = agent->get({kId, "eastus"});
  CHECK(world.finish(wrong_region).error().code == ErrorCode::kNotFound);
  auto list = agent->list({});
  CHECK(world.finish(list)->total == 1);
}

TEST_CASE("a region that cannot be read: no create, no NOT_FOUND, no incomplete list") {
  const auto west_is_away = [](const HttpRequest& request, std::uint64_t) {
    emulator::Fault fault;
    if (request.url.find("dev8west") != std::string::npos) fault.kind = emulator::Fault::kRefuseConnection;
    return fault;
  };
  SUBCASE("an unfinished create is not finished") {
    World world(two_accounts());
    die_creating(world, create_in(kId, "eastus"), both_regions(),
                 [&] { return world.count("Share_Create") == 1; });
    const auto share = world.share(kId);
    world.azure().set_fault_script(west_is_away);
    auto agent = world.agent(both_regions());
    auto repeat = agent->create(create_in(kId, "eastus"));
    CHECK(world.finish(repeat).error().code == ErrorCode::kAzureUnavailable);
    CHECK(world.share(kId).incarnation == share.incarnation);
    CHECK(world.share(kId).metadata == share.metadata);
    CHECK(world.azure().groups().empty());
  }
  SUBCASE("an environment that is there") {
    World world(two_accounts());
    auto agent = world.agent(both_regions());
    auto create = agent->create(create_in(kId, "eastus"));
    REQUIRE(world.finish(create).ok());
    world.azure().set_fault_script(west_is_away);
    auto list = agent->list({});
    CHECK(world.finish(list).error().code == ErrorCode::kAzureUnavailable);
    auto remove = agent->remove({kId, "", true});
    CHECK(world.finish(remove).error().code == ErrorCode::kAzureUnavailable);
    world.azure().set_fault_script(nullptr);
    auto again = agent->remove({kId, "", true});
    CHECK(world.finish(again).error().code == ErrorCode::kNotFound);
    CHECK(shares_kept(world) == 0);
  }
}

TEST_CASE("list: a share without a region in its metadata is listed once by two regions of one account") {
  World world;
  const emulator::StorageAccount& account = world.azure().options().storage_accounts.front();
  HttpRequest request;
  request.method = "PUT";
  request.url = "https://" + account.name + ".file.core.windows.net/fs-" + kId + "?restype=share";
  request.headers = {{"x-ms-version", "2022-11-02"},
                     {"x-ms-date", format_http_date(world.clock().wall_now())},
                     {"x-ms-share-quota", "25"},
                     {"x-ms-meta-environment", kId},
                     {"x-ms-meta-userid", "user-1"}};
  const auto signature = azure::shared_key_authorization(request, account.name, account.key1);
  REQUIRE(signature);
  request.headers.push_back({"Authorization", *signature});
  REQUIRE(world.azure().handle(request).status == 201);
  auto agent = world.agent(both_regions());
  auto list = agent->list({});
  const auto& page = world.finish(list);
  REQUIRE(page.ok());
  CHECK(page->total == 1);
  auto remove = agent->remove({kId, "", true});
  CHECK(world.finish(remove).ok());
  CHECK_FALSE(world.has_share(kId));
}

TEST_CASE("every region out of room ends in that error with every region clean") {
  World world(two_accounts());
  auto agent = world.agent(both_regions());
  world.azure().set_location("", Deployment::kNoCapacityAsync);
  auto operation = agent->create(create_in(kId, "auto"));
  CHECK(world.finish(operation).error().code == ErrorCode::kCapacityUnavailable);
  CHECK(world.azure().groups().empty());
  for (const auto& share : world.azure().shares()) CHECK(share.being_deleted);
}

TEST_CASE("each region has its own account and key, and containers mount with them") {
  World world(two_accounts());
  auto agent = world.agent(both_regions());
  for (const std::string region : {"eastus", "westeurope"}) {
    CreateRequest request = create_request("workspace-" + region);
    request.cloud_region = region;
    auto operation = agent->create(std::move(request));
    const auto& created = world.finish(operation);
    REQUIRE_MESSAGE(created.ok(), created.error().message);
    // The emulator lets a container mount with its account's key alone.
    CHECK(created->environment.status == EnvironmentStatus::kRunning);
  }
  CHECK(world.share("workspace-eastus").storage_account == "dev8east");
  CHECK(world.group("workspace-eastus").storage_account == "dev8east");
  CHECK(world.share("workspace-westeurope").storage_account == "dev8west");
  CHECK(world.group("workspace-westeurope").storage_account == "dev8west");
}

TEST_CASE("a location written as Azure displays it is the same place") {
  World world;
  AgentTweaks tweaks;
  tweaks.locations["eastus"] = "East US";
  auto agent = world.agent(tweaks);
  auto create = agent->create(create_request(kId));
  REQUIRE(world.finish(create).ok());
  CHECK(world.group(kId).location == "eastus");
  auto get = agent->get({kId, ""});
  CHECK(world.finish(get)->status == EnvironmentStatus::kRunning);
  auto list = agent->list({});
  REQUIRE(world.finish(list).ok());
  CHECK(list.get()->environments.size() == 1);
  auto repeat = agent->create(create_request(kId));
  CHECK_FALSE(world.finish(repeat)->changed);
  CHECK(world.group(kId).deployments == 1);
}

TEST_CASE("list: callers who ask at once share two lists at most, over all regions of a resource group") {
  World world;
  auto agent = world.agent(both_regions());
  auto created = agent->create(create_request("workspace-0001"));
  REQUIRE(world.finish(created).ok());
  world.azure().clear_calls();
  std::vector<Operation<EnvironmentPage>> lists;
  for (int i = 0; i < 100; ++i) lists.push_back(agent->list({}));
  for (const auto& list : lists) {
    const auto& page = world.finish(list);
    REQUIRE_MESSAGE(page.ok(), page.error().message);
    CHECK(page->environments.size() == 1);
  }
  CHECK(world.count("ContainerGroups_ListByResourceGroup") <= 2);
}

TEST_CASE("list: a list that is under way does not answer those who ask later") {
  World world;
  auto agent = world.agent();
  auto first = agent->list({});
  REQUIRE(world.clock().run_until([&] { return world.count("ContainerGroups_ListByResourceGroup") == 1; }));
  REQUIRE_FALSE(first.done());
  world.clock().advance(std::chrono::milliseconds(1));
  auto second = agent->list({});
  REQUIRE(world.finish(first).ok());
  REQUIRE(world.finish(second).ok());
  CHECK(world.count("ContainerGroups_ListByResourceGroup") == 2);
}
