// Orphans: found in all regions, swept with nothing lost that holds files or is in use.
#include <doctest/doctest.h>

#include "azure/shared_key.h"
#include "base/time_format.h"
#include "support/tap.h"
#include "support/two_regions.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;
using emulator::Deployment;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

const std::string kId = "workspace-0001";
const std::string kOther = "workspace-0002";

// Somebody who holds the account's key sends a request about the share of `id` in eastus.
int ask_files(World& world, const std::string& method, const std::string& rest, const std::string& id = kId) {
  const emulator::StorageAccount& account = world.azure().options().storage_accounts.front();
  HttpRequest request;
  request.method = method;
  request.url = "https://" + account.name + ".file.core.windows.net/fs-" + id + rest;
  request.headers = {{"x-ms-version", "2022-11-02"},
                     {"x-ms-date", format_http_date(world.clock().wall_now())}};
  const auto signature = azure::shared_key_authorization(request, account.name, account.key1);
  REQUIRE(signature);
  request.headers.push_back({"Authorization", *signature});
  return world.azure().handle(request).status;
}
void save_work(World& world) {
  REQUIRE(ask_files(world, "PUT", "/work?restype=directory") == 201);
}

void create(World& world, EnvironmentOrchestrator& agent, const std::string& id) {
  auto operation = agent.create(create_request(id));
  const auto& created = world.finish(operation);
  REQUIRE_MESSAGE(created.ok(), created.error().message);
}

// What a create leaves that dies before its container: a share that holds nothing.
void leave_empty_share(World& world) {
  die_creating(world, create_request(kId), {}, [&] { return world.has_share(kId); });
}

// What a delete leaves that dies between group and share. The container has saved files there.
void leave_share(World& world) {
  {
    auto agent = world.agent();
    create(world, *agent, kId);
  }
  auto victim = world.agent();
  auto operation = victim->remove({kId, "", true});
  REQUIRE(world.clock().run_until([&] { return !world.has_group(kId); }));
}

// What a create leaves that dies when its container has failed.
void leave_failed_group(World& world) {
  world.azure().set_location("eastus", Deployment::kMountFails);
  die_creating(world, create_request(kId), {},
               [&] { return world.count("ContainerGroups_CreateOrUpdate") == 1; });
}

std::vector<Orphan> orphans_of(World& world, EnvironmentOrchestrator& agent, minutes older_than) {
  auto operation = agent.orphans({older_than});
  const auto& orphans = world.finish(operation);
  REQUIRE_MESSAGE(orphans.ok(), orphans.error().message);
  return *orphans;
}

std::vector<Orphan> sweep(World& world, EnvironmentOrchestrator& agent, SweepRequest request) {
  auto operation = agent.sweep_orphans(request);
  const auto& orphans = world.finish(operation);
  REQUIRE_MESSAGE(orphans.ok(), orphans.error().message);
  return *orphans;
}

}  // namespace

TEST_CASE("orphans: whole environments are none, whatever their state") {
  World world;
  auto agent = world.agent();
  create(world, *agent, kId);
  create(world, *agent, kOther);
  auto stop = agent->stop({kOther, ""});
  REQUIRE(world.finish(stop).ok());
  world.clock().advance(hours(24));
  CHECK(orphans_of(world, *agent, minutes(0)).empty());
  CHECK(sweep(world, *agent, {.older_than = minutes(0), .dry_run = false, .include_files = true}).empty());
  CHECK(world.has_group(kId));
  CHECK(world.has_share(kOther));
}

TEST_CASE("orphans: a share without a container group is listed from its age on") {
  World world;
  leave_share(world);
  auto agent = world.agent();
  world.clock().advance(minutes(45));
  CHECK(orphans_of(world, *agent, minutes(60)).empty());
  const auto orphans = orphans_of(world, *agent, minutes(10));
  REQUIRE(orphans.size() == 1);
  CHECK(orphans[0].environment_id == kId);
  CHECK(orphans[0].cloud_region == "eastus");
  CHECK(orphans[0].kind == OrphanKind::kShare);
  CHECK(orphans[0].name == "fs-" + kId);
  CHECK(orphans[0].reason == "file share without a container group");
  CHECK(orphans[0].age >= minutes(45));
  CHECK_FALSE(orphans[0].removed);
  world.clock().advance(minutes(20));
  CHECK(orphans_of(world, *agent, minutes(60)).size() == 1);
}

TEST_CASE("sweep: a dry run, the default, says what would go and removes nothing") {
  for (const bool files : {false, true}) {
    World world;
    files ? leave_share(world) : leave_empty_share(world);
    auto agent = world.agent();
    world.clock().advance(hours(2));
    const auto orphans = sweep(world, *agent, {});
    REQUIRE(orphans.size() == 1);
    CHECK(orphans[0].removed == !files);
    CHECK((orphans[0].reason.find("holds files") != std::string::npos) == files);
    CHECK(world.has_share(kId));
    CHECK(sweep(world, *agent, {.include_files = true})[0].removed == true);
    CHECK(world.has_share(kId));
    CHECK(world.count("Share_Delete") == 0);
  }
}

TEST_CASE("sweep: an empty share goes, one with files only when the request says so") {
  World world;
  leave_share(world);
  auto agent = world.agent();
  world.clock().advance(hours(2));
  const auto kept = sweep(world, *agent, {.dry_run = false});
  REQUIRE(kept.size() == 1);
  CHECK(kept[0].removed == false);
  CHECK(kept[0].reason.find("holds files") != std::string::npos);
  CHECK(world.has_share(kId));
  CHECK(sweep(world, *agent, {.dry_run = false, .include_files = true})[0].removed == true);
  CHECK_FALSE(world.has_share(kId));

  World empty;
  leave_empty_share(empty);
  auto other = empty.agent();
  empty.clock().advance(hours(2));
  CHECK(sweep(empty, *other, {.dry_run = false})[0].removed == true);
  CHECK_FALSE(empty.has_share(kId));
}

TEST_CASE("sweep: a failed group goes with its empty share, and stays with a share that holds files") {
  for (const bool files : {false, true}) {
    World world;
    leave_failed_group(world);
    if (files) save_work(world);
    auto agent = world.agent();
    world.clock().advance(hours(2));
    const auto listed = orphans_of(world, *agent, minutes(60));
    REQUIRE(listed.size() == 1);
    CHECK(listed[0].kind == OrphanKind::kContainerGroup);
    CHECK(listed[0].name == "aci-" + kId);
    CHECK(listed[0].reason.starts_with("container group that has failed: "));
    CHECK(sweep(world, *agent, {.dry_run = false})[0].removed == !files);
    CHECK(world.has_group(kId) == files);
    CHECK(world.has_share(kId) == files);
  }
}

TEST_CASE("sweep: a container group without a share goes, even when it runs") {
  World world;
  {
    auto agent = world.agent();
    create(world, *agent, kId);
  }
  REQUIRE(ask_files(world, "DELETE", "?restype=share") == 202);
  auto agent = world.agent();
  world.clock().advance(hours(2));
  const auto swept = sweep(world, *agent, {.dry_run = false});
  REQUIRE(swept.size() == 1);
  CHECK(swept[0].reason == "container group without a file share");
  CHECK(swept[0].removed == true);
  CHECK_FALSE(world.has_group(kId));
}

TEST_CASE("orphans: what an operation is at is none, in this process and in another one") {
  World world;
  auto at_work = world.agent();
  auto replica = world.agent();
  auto operation = at_work->create(create_request(kId));
  REQUIRE(world.clock().run_until([&] { return world.has_share(kId) && !world.has_group(kId); }));
  CHECK(orphans_of(world, *at_work, minutes(0)).empty());
  auto foreign = replica->sweep_orphans({.older_than = minutes(0), .dry_run = false, .include_files = true});
  CHECK(world.finish(foreign)->empty());
  CHECK(world.finish(operation).ok());
}

TEST_CASE("sweep: what a create that died has left goes when no operation can be at it") {
  World world;
  die_creating(world, create_request(kId), {}, [&] { return world.has_share(kId); });
  auto agent = world.agent();
  world.clock().advance(minutes(39));
  CHECK(orphans_of(world, *agent, minutes(0)).empty());
  world.clock().advance(minutes(2));
  const auto orphans = orphans_of(world, *agent, minutes(0));
  REQUIRE(orphans.size() == 1);
  CHECK(sweep(world, *agent, {.older_than = minutes(0), .dry_run = false})[0].removed == true);
  CHECK_FALSE(world.has_share(kId));
  CHECK_FALSE(world.has_group(kId));
}

TEST_CASE("sweep: a container that reads do not show keeps its share") {
  World world;
  {
    auto agent = world.agent();
    create(world, *agent, kId);
  }
  // Each read of the group says that it is not there, the list too; after the listing, the truth is shown.
  auto lies = std::make_shared<int>(2);
  auto agent = world.agent(
      tapped(world, [lies](Tap& tap, const HttpRequest& request, const Transport::Completion& done) {
        if (*lies <= 0) return false;
        if (request.label == "containerGroups.get") {
          --*lies;
          tap.answer(done, 404, "ResourceNotFound");
          return true;
        }
        if (request.label != "containerGroups.list") return false;
        HttpResponse empty;
        empty.status = 200;
        empty.headers = {{"Content-Type", "application/json"}};
        empty.body = R"({"value":[]})";
        tap.answer(done, std::move(empty));
        return true;
      }));
  world.clock().advance(hours(2));
  const auto swept = sweep(world, *agent, {.dry_run = false, .include_files = true});
  REQUIRE(swept.size() == 1);
  CHECK(swept[0].removed == false);
  CHECK(world.has_group(kId));
  CHECK(world.has_share(kId));
  CHECK(world.count("ContainerGroups_Delete") == 0);
}

TEST_CASE("sweep: one orphan that cannot be removed does not keep the others") {
  World world;
  for (const auto& id : {kId, kOther}) {
    auto agent = world.agent();
    create(world, *agent, id);
  }
  for (const auto& id : {kId, kOther}) REQUIRE(ask_files(world, "DELETE", "?restype=share", id) == 202);
  auto agent =
      world.agent(tapped(world, [](Tap& tap, const HttpRequest& request, const Transport::Completion& done) {
        const bool refused =
            request.label == "containerGroups.delete" && request.url.find(kId) != std::string::npos;
        if (refused) tap.answer(done, 403, "AuthorizationFailed");
        return refused;
      }));
  world.clock().advance(hours(2));
  auto swept = sweep(world, *agent, {.dry_run = false});
  REQUIRE(swept.size() == 2);
  for (const Orphan& orphan : swept) {
    CHECK(orphan.removed == (orphan.environment_id == kOther));
    if (!*orphan.removed) CHECK(orphan.reason.find("as the test says") != std::string::npos);
  }
  CHECK(world.has_group(kId));
  CHECK_FALSE(world.has_group(kOther));
}

TEST_CASE("orphans: an Azure that cannot be asked is an error, and the age has its range") {
  World world;
  auto agent = world.agent();
  for (const int age : {-1, 525601}) {
    auto operation = agent->orphans({minutes(age)});
    CHECK(world.finish(operation).error().code == ErrorCode::kInvalidRequest);
  }
  world.azure().set_fault_script([](const HttpRequest& request, std::uint64_t) {
    emulator::Fault fault;
    if (request.label == "shares.list") fault.kind = emulator::Fault::kHang;
    return fault;
  });
  auto operation = agent->orphans();
  CHECK_FALSE(world.finish(operation).ok());
}
