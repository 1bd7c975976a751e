// Leftovers of a create that died: a repeated create takes them over, if no caller was given the environment
// and its share is empty. And what another process knows of a create that shows nothing.
#include <doctest/doctest.h>

#include "azure/shared_key.h"
#include "base/time_format.h"
#include "plan/facts.h"
#include "support/tap.h"
#include "support/two_regions.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;
using emulator::Deployment;
using std::chrono::milliseconds;

namespace {

const std::string kId = "workspace-0001";

// Somebody who holds the account's key makes a directory on the environment's share in eastus.
void save_work(World& world) {
  const emulator::StorageAccount& account = world.azure().options().storage_accounts.front();
  HttpRequest request;
  request.method = "PUT";
  request.url = "https://" + account.name + ".file.core.windows.net/fs-" + kId + "/work?restype=directory";
  request.headers = {{"x-ms-version", "2022-11-02"},
                     {"x-ms-date", format_http_date(world.clock().wall_now())}};
  const auto signature = azure::shared_key_authorization(request, account.name, account.key1);
  REQUIRE(signature);
  request.headers.push_back({"Authorization", *signature});
  REQUIRE(world.azure().handle(request).status == 201);
}

// How the operation stands, as a process that does not run it sees it in Azure.
std::string status_seen(World& world, EnvironmentOrchestrator& agent, const std::string& id) {
  auto operation = agent.observe_operation(id);
  const auto& record = world.finish(operation);
  REQUIRE_MESSAGE(record.ok(), record.error().message);
  return std::string(to_string(record->status));
}

}  // namespace

TEST_CASE("takeover: a repeated create fails over to another region like the create that died") {
  for (const char* died_after : {"Share_Create", "ContainerGroups_CreateOrUpdate", "Operations_Get"}) {
    CAPTURE(died_after);
    World world(two_accounts());
    world.azure().set_location("eastus", Deployment::kNoCapacityAsync);
    die_creating(world, create_in(kId, "auto"), both_regions(), [&] { return world.count(died_after) == 1; });
    world.clock().advance(std::chrono::minutes(5));  // what it had sent has failed by now
    REQUIRE(world.share(kId).storage_account == "dev8east");
    auto agent = world.agent(both_regions());
    auto repeat = agent->create(create_in(kId, "auto"));
    const auto& created = world.finish(repeat);
    REQUIRE_MESSAGE(created.ok(), created.error().message);
    CHECK(created->environment.cloud_region == "westeurope");
    CHECK(shares_kept(world) == 1);
    CHECK(world.share(kId).storage_account == "dev8west");
    REQUIRE(world.azure().groups().size() == 1);
    CHECK(world.azure().groups()[0].location == "westeurope");
  }
}

TEST_CASE("takeover: a repeat in a named region without capacity leaves no resources") {
  World world(two_accounts());
  world.azure().set_location("eastus", Deployment::kNoCapacityAsync);
  die_creating(world, create_in(kId, "eastus"), both_regions(),
               [&] { return world.count("ContainerGroups_CreateOrUpdate") == 1; });
  world.clock().advance(std::chrono::minutes(5));
  auto agent = world.agent(both_regions());
  auto repeat = agent->create(create_in(kId, "eastus"));
  CHECK(world.finish(repeat).error().code == ErrorCode::kCapacityUnavailable);
  CHECK(world.azure().groups().empty());
  CHECK(shares_kept(world) == 0);
}

TEST_CASE("takeover: a share that holds files is never taken over") {
  World world(two_accounts());
  auto agent = world.agent(both_regions());
  auto create = agent->create(create_in(kId, "eastus"));
  REQUIRE(world.finish(create).ok());
  const auto share = world.share(kId);
  REQUIRE_FALSE(plan::token_in_metadata(share.metadata).empty());
  // Somebody deletes the container by hand; the create's ownership token is still on the share.
  auto by_hand = world.agent(both_regions());
  world.azure().set_fault_script([](const HttpRequest& request, std::uint64_t) {
    emulator::Fault fault;
    if (request.label == "shares.delete") fault.kind = emulator::Fault::kHang;
    return fault;
  });
  auto removed = by_hand->remove({kId, "", true});
  REQUIRE(world.clock().run_until([&] { return world.count("Share_Delete") == 1; }));
  by_hand.reset();
  world.azure().set_fault_script(nullptr);
  REQUIRE_FALSE(world.has_group(kId));
  REQUIRE(world.has_share(kId));

  world.azure().set_location("eastus", Deployment::kNoCapacityAsync);
  auto repeat = agent->create(create_in(kId, "auto"));
  CHECK(world.finish(repeat).error().code == ErrorCode::kCapacityUnavailable);
  CHECK(world.share(kId).incarnation == share.incarnation);
  CHECK(world.count("Share_Create") == 1);
}

TEST_CASE("takeover: a share whose content is unknown is not taken over") {
  World world(two_accounts());
  die_creating(world, create_in(kId, "auto"), both_regions(),
               [&] { return world.count("Share_Create") == 1; });
  const auto share = world.share(kId);
  world.azure().set_location("eastus", Deployment::kNoCapacitySync);
  world.azure().set_fault_script([](const HttpRequest& request, std::uint64_t) -> emulator::Fault {
    if (request.label != "directories.list") return {};
    return {emulator::Fault::kStatus, 403, "InsufficientAccountPermissions", ""};
  });
  auto agent = world.agent(both_regions());
  auto repeat = agent->create(create_in(kId, "auto"));
  CHECK(world.finish(repeat).error().code == ErrorCode::kCapacityUnavailable);
  CHECK(world.share(kId).incarnation == share.incarnation);
  CHECK(world.share(kId).metadata == share.metadata);  // the other create's token, too
  CHECK(world.count("Share_Delete") == 0);
}

TEST_CASE("takeover: roll-back keeps a taken-over share that holds files by then") {
  World world(two_accounts());
  die_creating(world, create_in(kId, "eastus"), both_regions(),
               [&] { return world.count("Share_Create") == 1; });
  const auto share = world.share(kId);
  world.azure().set_location("eastus", Deployment::kNoCapacitySync);
  auto agent = world.agent(tapped(
      world,
      [&](Tap&, const HttpRequest& request, const Transport::Completion&) {
        if (request.label == "containerGroups.put") save_work(world);
        return false;
      },
      both_regions()));
  auto repeat = agent->create(create_in(kId, "eastus"));
  const Error& error = world.finish(repeat).error();
  CHECK(error.code == ErrorCode::kCapacityUnavailable);
  CHECK(error.message.find("its file share holds files by now, and was left as it is") != std::string::npos);
  CHECK(world.count("Share_SetMetadata") == 1);  // it was taken over
  CHECK(world.share(kId).incarnation == share.incarnation);
  CHECK(world.count("Share_Delete") == 0);
}

TEST_CASE("roll-back: a create whose share was never created keeps another create's share") {
  World world(two_accounts());
  bool asked = false;
  auto agent = world.agent(tapped(
      world,
      [&](Tap&, const HttpRequest& request, const Transport::Completion&) {
        asked = asked || request.label == "shares.create";
        return request.label == "shares.create";  // lost on its way, and nobody says so
      },
      both_regions()));
  auto lost = agent->create(create_in(kId, "eastus"));
  REQUIRE(world.clock().run_until([&] { return asked; }));
  auto other = world.agent(tapped(
      world,
      [](Tap& tap, const HttpRequest& request, const Transport::Completion& done) {
        if (request.label != "containerGroups.put") return false;
        tap.pass_later(std::chrono::seconds(30), request, done);
        return true;
      },
      both_regions()));
  auto create = other->create(create_in(kId, "eastus"));
  REQUIRE(world.clock().run_until([&] { return world.has_share(kId); }));
  const auto share = world.share(kId);
  lost.cancel();
  CHECK(world.finish(lost).error().code == ErrorCode::kCancelled);
  const auto& created = world.finish(create);
  REQUIRE_MESSAGE(created.ok(), created.error().message);
  CHECK(world.share(kId).incarnation == share.incarnation);
  CHECK(world.count("Share_Delete") == 0);
}

TEST_CASE("takeover: an environment that was returned to a caller is not taken over") {
  World world(two_accounts());
  // The create dies before its answer; another caller is given the environment.
  die_creating(world, create_in(kId, "auto"), both_regions(),
               [&] { return world.count("ContainerGroups_CreateOrUpdate") == 1; });
  auto agent = world.agent(both_regions());
  auto told = agent->create(create_in(kId, "auto"));
  REQUIRE(world.finish(told).ok());
  CHECK(plan::token_in_metadata(world.share(kId).metadata).empty());
}

TEST_CASE("two processes, the same create, no capacity: no resources are left, whichever is first") {
  for (int apart : {0, 10, 30, 50, 70, 90, 150, 5000, 31000, 33000}) {
    for (Deployment refusal : {Deployment::kNoCapacitySync, Deployment::kNoCapacityAsync}) {
      CAPTURE(apart);
      World world(two_accounts());
      world.azure().set_location("", refusal);
      auto one = world.agent(both_regions());
      auto other = world.agent(both_regions());
      auto first = one->create(create_in(kId, "auto"));
      world.clock().advance(milliseconds(apart));
      auto second = other->create(create_in(kId, "auto"));
      CHECK_FALSE(world.finish(first).ok());
      CHECK_FALSE(world.finish(second).ok());
      CHECK(world.azure().groups().empty());
      CHECK(shares_kept(world) == 0);
    }
  }
}

TEST_CASE("a failed takeover deletes the share once the first create has rolled back its container") {
  World world(two_accounts());
  world.azure().set_location("", Deployment::kNoCapacityAsync);
  // The maker learns a minute late that its container has failed.
  auto late = throttle("operations.get", std::make_shared<int>(1));
  auto maker = world.agent(tapped(world, late, both_regions()));
  auto other = world.agent(both_regions());
  auto first = maker->create(create_in(kId, "eastus"));
  world.clock().advance(milliseconds(50));
  auto second = other->create(create_in(kId, "eastus"));
  REQUIRE(world.clock().run_until([&] { return world.count("Share_SetMetadata") == 1; }));
  REQUIRE_FALSE(first.done());
  REQUIRE_FALSE(second.done());
  second.cancel();
  CHECK(world.finish(second).error().code == ErrorCode::kCancelled);
  CHECK(world.finish(first).error().code == ErrorCode::kCapacityUnavailable);
  CHECK(world.azure().groups().empty());
  CHECK(shares_kept(world) == 0);
}

TEST_CASE("two processes, the same create: one environment in the region with capacity") {
  for (int apart : {0, 10, 30, 50, 70, 90, 150, 5000, 31000, 33000}) {
    for (Deployment east : {Deployment::kWorks, Deployment::kNoCapacitySync, Deployment::kNoCapacityAsync}) {
      CAPTURE(apart);
      CAPTURE(static_cast<int>(east));
      World world(two_accounts());
      world.azure().set_location("eastus", east);
      auto one = world.agent(both_regions());
      auto other = world.agent(both_regions());
      auto first = one->create(create_in(kId, "auto"));
      world.clock().advance(milliseconds(apart));
      auto second = other->create(create_in(kId, "auto"));
      const bool made =
          static_cast<int>(world.finish(first).ok()) + static_cast<int>(world.finish(second).ok()) > 0;
      CHECK(static_cast<int>(world.azure().groups().size()) == (made ? 1 : 0));
      CHECK(shares_kept(world) == (made ? 1 : 0));
      if (made) CHECK(world.group(kId).deployments == 1);
      if (east == Deployment::kWorks) CHECK((first.get().ok() && second.get().ok()));
      auto third = one->create(create_in(kId, "auto"));
      const auto& repeated = world.finish(third);
      REQUIRE_MESSAGE(repeated.ok(), repeated.error().message);
      CHECK(repeated->changed != made);
      CHECK(repeated->environment.status == EnvironmentStatus::kRunning);
    }
  }
}

TEST_CASE("a leftover share in another region does not hide the environment and is deleted") {
  World world(two_accounts());
  // A create in the east dies after its share, another one had just looked there, and makes it in the west.
  die_creating(world, create_in(kId, "eastus"), both_regions(),
               [&] { return world.count("Share_Create") == 1; });
  AgentTweaks west_only = both_regions();
  west_only.regions = {"westeurope"};
  west_only.default_region = "westeurope";
  west_only.adjust = [](AgentOptions& options) { options.regions[0].storage_account = "dev8west"; };
  auto blind = world.agent(west_only);
  auto made = blind->create(create_in(kId, "westeurope"));
  REQUIRE_MESSAGE(world.finish(made).ok(), made.get().error().message);
  REQUIRE(shares_kept(world) == 2);
  auto agent = world.agent(both_regions());
  auto get = agent->get({kId, ""});
  CHECK(world.finish(get)->cloud_region == "westeurope");
  CHECK(get.get()->status == EnvironmentStatus::kRunning);
  auto repeat = agent->create(create_in(kId, "auto"));
  const auto& there = world.finish(repeat);
  REQUIRE_MESSAGE(there.ok(), there.error().message);
  CHECK_FALSE(there->changed);
  CHECK(there->environment.cloud_region == "westeurope");
  CHECK(shares_kept(world) == 1);
  CHECK(world.share(kId).storage_account == "dev8west");
}

TEST_CASE("takeover: creates that confirm absences at once share their lists of the resource group") {
  constexpr int kCreates = 50;
  World world(two_accounts());
  const auto id = [](int number) { return "workspace-" + std::to_string(1000 + number); };
  for (int i = 0; i < kCreates; ++i)
    die_creating(world, create_in(id(i), "eastus"), {}, [&] { return world.count("Share_Create") == i + 1; });
  world.clock().advance(std::chrono::minutes(5));
  auto agent = world.agent();
  std::vector<Operation<EnvironmentOutcome>> repeats;
  const int before = world.count("ContainerGroups_ListByResourceGroup");
  for (int i = 0; i < kCreates; ++i) repeats.push_back(agent->create(create_in(id(i), "eastus")));
  REQUIRE(world.clock().run_until([&] { return world.count("ContainerGroups_CreateOrUpdate") > 0; }));
  CHECK(world.count("ContainerGroups_ListByResourceGroup") - before <= 2);
  for (const auto& repeat : repeats) CHECK(world.finish(repeat).ok());
}

namespace {

// A create whose calls of one kind Azure throttles so many times, a minute each, and an agent of another
// process.
struct ThrottledCreate {
  ThrottledCreate(const char* label, int count)
      : times(std::make_shared<int>(count)), runner(world.agent(tapped(world, throttle(label, times)))) {}
  World world;
  std::shared_ptr<int> times;  // how many are left
  std::unique_ptr<EnvironmentOrchestrator> runner;
  std::unique_ptr<EnvironmentOrchestrator> other = world.agent();
  std::string id = runner->new_operation_id(create_request(kId));
  Operation<EnvironmentOutcome> created = runner->create(create_request(kId), {.operation_id = id});
};

}  // namespace

TEST_CASE("another process does not end a create that waits for half an hour before its first write") {
  ThrottledCreate at("containerGroups.get", 29);
  World& world = at.world;
  for (int minute = 0; minute < 28; ++minute) {
    CHECK(status_seen(world, *at.other, at.id) == "RUNNING");
    world.clock().advance(std::chrono::minutes(1));
  }
  CHECK(world.azure().shares().empty());
  REQUIRE_FALSE(at.created.done());
  REQUIRE(world.finish(at.created).ok());
  CHECK(*at.times == 0);
  CHECK(status_seen(world, *at.other, at.id) == "SUCCEEDED");
}

// So a share that was deleted does not tell that the create whose token it has is over.
TEST_CASE("a create whose share another process has deleted meanwhile makes it again, and is not ended") {
  ThrottledCreate at("containerGroups.put", 3);
  World& world = at.world;
  REQUIRE(world.clock().run_until([&] { return *at.times == 2; }));
  auto removed = at.other->remove({kId, "", true});
  REQUIRE(world.finish(removed).ok());
  CHECK(shares_kept(world) == 0);
  CHECK(status_seen(world, *at.other, at.id) == "RUNNING");
  REQUIRE(world.finish(at.created).ok());
  CHECK(world.count("Share_Create") == 2);
  CHECK(status_seen(world, *at.other, at.id) == "SUCCEEDED");
}

// Azure shows the same in each case, and the same as of a create that waits before its first write.
TEST_CASE("a create that left nothing is known to another process when its time is over, not before") {
  enum class Case { kNeverBegun, kRolledBack, kDeleted };
  for (const Case each : {Case::kNeverBegun, Case::kRolledBack, Case::kDeleted}) {
    CAPTURE(static_cast<int>(each));
    World world;
    auto runner = world.agent();
    auto other = world.agent();
    if (each == Case::kRolledBack) world.azure().set_location("eastus", Deployment::kNoCapacityAsync);
    const std::string id = runner->new_operation_id(create_request(kId));
    const WallTime asked = runner->read_operation_id(id)->created_at;
    if (each != Case::kNeverBegun) {
      auto created = runner->create(create_request(kId), {.operation_id = id});
      CHECK(world.finish(created).ok() == (each == Case::kDeleted));
    }
    if (each == Case::kDeleted) {
      auto removed = runner->remove({kId, "", true});
      REQUIRE(world.finish(removed).ok());
    }
    CHECK(shares_kept(world) == 0);
    const std::chrono::minutes limit(40);  // AgentOptions::operation_timeout and rollback_timeout
    world.clock().advance(std::chrono::duration_cast<milliseconds>(asked + limit - world.clock().wall_now()) -
                          std::chrono::seconds(5));
    CHECK(status_seen(world, *other, id) == "RUNNING");
    world.clock().advance(std::chrono::seconds(5));
    CHECK(status_seen(world, *other, id) == "INTERRUPTED");
  }
}
