// Deleted files that come back, where the storage account has soft delete.
#include <doctest/doctest.h>

#include "support/by_hand.h"
#include "support/two_regions.h"

using namespace dev8agent;
using namespace dev8agent::test;
using std::chrono::hours;

namespace {

const std::string kId = "workspace-0001";

emulator::EmulatorOptions with_retention(int days) {
  emulator::EmulatorOptions azure = two_accounts();
  for (emulator::StorageAccount& account : azure.storage_accounts) account.retention_days = days;
  return azure;
}

template <class T>
const T& done(World& world, const Operation<T>& operation) {
  const auto& result = world.finish(operation);
  REQUIRE_MESSAGE(result.ok(), result.error().message);
  return *result;
}

template <class T>
Error failure(World& world, const Operation<T>& operation) {
  const auto& result = world.finish(operation);
  REQUIRE_FALSE(result.ok());
  return result.error();
}

void create_and_delete(World& world, EnvironmentOrchestrator& agent, CreateRequest request) {
  const auto create = agent.create(std::move(request));
  done(world, create);
  const auto remove = agent.remove({kId, "", true});
  done(world, remove);
  REQUIRE_FALSE(world.has_share(kId));
}

// Through Azure Resource Manager.
void delete_share_by_hand(const World& world) {
  REQUIRE(share_by_hand(world, "DELETE", kId, "").status == 200);
}

}  // namespace

TEST_CASE("restore: a delete says until when it can be undone, and asks the account once an hour") {
  for (const int days : {0, 7}) {
    CAPTURE(days);
    World world(with_retention(days));
    auto agent = world.agent();
    for (const int asked : {1, 1, 2}) {
      if (asked == 2) world.clock().advance(hours(2));
      const auto create = agent->create(create_request(kId));
      done(world, create);
      const auto remove = agent->remove({kId, "", true});
      const Deletion& deletion = done(world, remove);
      REQUIRE(deletion.restorable_until.has_value() == (days > 0));
      if (days > 0) CHECK(*deletion.restorable_until == world.clock().wall_now() + hours(24 * days));
      CHECK(world.count("Shares_List") == asked);
      world.clock().advance(std::chrono::minutes(1));
    }
  }
}

TEST_CASE("restore: a delete promises nothing for files that were gone before") {
  World world(with_retention(7));
  auto agent = world.agent();
  create_and_delete(world, *agent, create_request(kId));  // the agent knows the seven days now
  const auto create = agent->create(create_request(kId));
  done(world, create);
  delete_share_by_hand(world);
  world.clock().advance(hours(24 * 5));
  const auto remove = agent->remove({kId, "", true});
  CHECK_FALSE(done(world, remove).restorable_until);
}

TEST_CASE("restore: the region is the environment's own, also where deleted shares do not tell it") {
  for (const StorageAuth auth : {StorageAuth::kKey, StorageAuth::kArm}) {
    CAPTURE(to_string(auth));
    emulator::EmulatorOptions azure;
    azure.storage_accounts = {{"dev8east", "dev8-emulator", "", "", true, false, 7}};
    World world(azure);
    AgentTweaks tweaks = both_regions();
    tweaks.adjust = [auth](AgentOptions& options) {
      options.storage_access.auth = auth;
      for (RegionOptions& region : options.regions) region.storage_account = "dev8east";
    };
    auto agent = world.agent(tweaks);
    create_and_delete(world, *agent, create_in(kId, "westeurope"));
    const auto restore = agent->restore({kId, ""});
    CHECK(done(world, restore).cloud_region == "westeurope");
  }
}

TEST_CASE("restore: a delete succeeds although nobody tells until when it can be undone") {
  World world(with_retention(7));
  auto agent = world.agent();
  const auto create = agent->create(create_request(kId));
  done(world, create);
  world.azure().set_fault_script([](const HttpRequest& request, std::uint64_t) {
    emulator::Fault fault;
    if (request.label == "shares.list") fault.kind = emulator::Fault::kHang;
    return fault;
  });
  const auto remove = agent->remove({kId, "", true});
  CHECK_FALSE(done(world, remove).restorable_until);
  CHECK_FALSE(world.has_share(kId));
}

TEST_CASE("restore: an account that may not be asked is not taken for one with soft delete") {
  emulator::EmulatorOptions azure = with_retention(7);
  azure.denied_actions = {"Microsoft.Storage/storageAccounts/fileServices/read"};
  World world(azure);
  auto agent = world.agent();
  const auto create = agent->create(create_request(kId));
  done(world, create);
  const auto remove = agent->remove({.id = kId, .force = true, .snapshot = true});
  const Error refused = failure(world, remove);
  CHECK(refused.azure_code == "AuthorizationFailed");
  CHECK(world.group(kId).container_state == "Running");
  // Nor is one that has shown its soft delete a while ago, for it may have been turned off since.
  const auto plain = agent->remove({kId, "", true});
  CHECK(done(world, plain).restorable_until.has_value());
  const auto again = agent->create(create_request(kId));
  done(world, again);
  const auto sure = agent->remove({.id = kId, .force = true, .snapshot = true});
  CHECK(failure(world, sure).azure_code == "AuthorizationFailed");
  CHECK(world.group(kId).container_state == "Running");
}

TEST_CASE("restore: the same files come back, and a start makes an environment of them") {
  World world(with_retention(7));
  auto agent = world.agent(both_regions());
  CreateRequest request = create_request(kId);
  request.cloud_region = "westeurope";
  request.spec.name = "Mine";
  const auto create = agent->create(std::move(request));
  const auto made = done(world, create).environment;
  const auto incarnation = world.share(kId).incarnation;
  const auto remove = agent->remove({kId, "", true});
  done(world, remove);

  const auto get = agent->get({kId, ""});
  const Error gone = failure(world, get);
  CHECK(gone.code == ErrorCode::kNotFound);
  REQUIRE(gone.fields.size() == 1);
  CHECK(gone.fields[0].field == "restorableUntil");
  CHECK(gone.fields[0].message.starts_with("2026-01-22T"));

  const auto restore = agent->restore({kId, ""});
  const Environment& back = done(world, restore);
  CHECK(back.name == "Mine");
  CHECK(back.status == EnvironmentStatus::kStopped);
  CHECK(back.cloud_region == "westeurope");
  CHECK(back.created_at == made.created_at);
  CHECK(world.share(kId).incarnation == incarnation);
  CHECK(world.share(kId).metadata.at("call").empty());  // no roll-back takes it away
  const auto start = agent->start({.id = kId});
  CHECK(done(world, start).environment.status == EnvironmentStatus::kRunning);
  CHECK(world.group(kId).location == "westeurope");
  CHECK(world.share(kId).incarnation == incarnation);
}

TEST_CASE("restore: what was deleted last counts, and what exists is not replaced") {
  World world(with_retention(7));
  auto agent = world.agent(both_regions());
  create_and_delete(world, *agent, create_request(kId));
  world.clock().advance(hours(1));
  const auto create = agent->create(create_request(kId));
  done(world, create);
  const auto second = world.share(kId).incarnation;
  const auto conflict = agent->restore({kId, ""});
  CHECK(failure(world, conflict).code == ErrorCode::kConflict);
  CHECK(world.share(kId).incarnation == second);
  CHECK(world.group(kId).state == "Running");
  const auto remove = agent->remove({kId, "", true});
  done(world, remove);
  const auto restore = agent->restore({kId, ""});
  done(world, restore);
  CHECK(world.share(kId).incarnation == second);
}

TEST_CASE("restore: nothing to restore without soft delete, after the retention, or of another user") {
  World without(with_retention(0));
  auto agent = without.agent(both_regions());
  create_and_delete(without, *agent, create_request(kId));
  const auto get = agent->get({kId, ""});
  CHECK(failure(without, get).fields.empty());
  const auto restore = agent->restore({kId, ""});
  CHECK(failure(without, restore).code == ErrorCode::kNotFound);

  World world(with_retention(2));
  auto other = world.agent(both_regions());
  create_and_delete(world, *other, create_request(kId));
  const auto hidden = other->restore({kId, ""}, {.only_user = "user-2"});
  CHECK(failure(world, hidden).code == ErrorCode::kNotFound);
  const auto hidden_get = other->get({kId, ""}, {.only_user = "user-2"});
  CHECK(failure(world, hidden_get).fields.empty());
  world.clock().advance(hours(49));
  const auto late = other->restore({kId, ""});
  CHECK(failure(world, late).code == ErrorCode::kNotFound);
  CHECK_FALSE(world.has_share(kId));
}

TEST_CASE("restore: a question that cannot be answered does not hide that nothing is there") {
  World world(with_retention(7));
  auto agent = world.agent(both_regions());
  create_and_delete(world, *agent, create_request(kId));
  world.azure().set_fault_script([](const HttpRequest& request, std::uint64_t) {
    emulator::Fault fault;
    if (request.label != "shares.list") return fault;
    fault.kind = emulator::Fault::kStatus;
    fault.status = 503;
    fault.code = "ServerBusy";
    return fault;
  });
  const auto get = agent->get({kId, ""});
  const Error gone = failure(world, get);
  CHECK(gone.code == ErrorCode::kNotFound);
  CHECK(gone.fields.empty());
}
