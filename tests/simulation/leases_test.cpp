// File shares on which others hold leases, or of which they have snapshots: nothing is lost, and the caller
// is told who stands in the way. On each way to the shares.
#include <doctest/doctest.h>

#include "support/by_hand.h"
#include "support/keyless.h"
#include "support/two_regions.h"

using namespace dev8agent;
using namespace dev8agent::test;

namespace {

const std::string kId = "workspace-0001";
constexpr const char* kWays[] = {"key", "entra", "arm"};

struct Leased {
  explicit Leased(const std::string& auth) : world(with_identities(two_accounts(), true)) {
    tweaks.adjust = [auth](AgentOptions& options) { options.storage_access = access_by(auth, "key"); };
    agent = world.agent(tweaks);
  }
  void create_and_stop() {
    auto create = agent->create(create_request(kId));
    REQUIRE(world.finish(create).ok());
    auto stop = agent->stop({kId, ""});
    REQUIRE(world.finish(stop).ok());
  }
  void start_and_stop() {
    auto start = agent->start({.id = kId});
    const auto& started = world.finish(start);
    REQUIRE_MESSAGE(started.ok(), started.error().message);
    auto stop = agent->stop({kId, ""});
    REQUIRE(world.finish(stop).ok());
  }
  Status remove() {
    auto operation = agent->remove({kId, "", false});
    const auto& removed = world.finish(operation);
    if (!removed.ok()) return removed.error();
    return Done{};
  }
  // A refused delete, and what it says.
  void refuse(const std::string& azure_code, const std::string& word) {
    const auto refused = remove();
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == ErrorCode::kConflict);
    CHECK_FALSE(refused.error().retryable);
    CHECK(refused.error().azure_code == azure_code);
    CHECK(refused.error().message.find(word) != std::string::npos);
    CHECK(world.has_share(kId));
  }

  World world;
  AgentTweaks tweaks;
  std::unique_ptr<EnvironmentOrchestrator> agent;
};

}  // namespace

TEST_CASE("leases: a share under a lease is kept, and goes when the lease has ended") {
  for (const char* auth : kWays) {
    CAPTURE(auth);
    Leased at(auth);
    at.create_and_stop();
    lease_by_hand(at.world, kId);
    const auto incarnation = at.world.share(kId).incarnation;
    for (int attempt = 0; attempt < 2; ++attempt)
      at.refuse("LeaseIdMissing", "holds a lease on the file share");
    CHECK(at.world.share(kId).incarnation == incarnation);
    break_lease_by_hand(at.world, kId);
    CHECK(at.remove().ok());
    CHECK_FALSE(at.world.has_share(kId));
  }
}

TEST_CASE("leases: a leased environment starts and stops as others do") {
  for (const char* auth : kWays) {
    CAPTURE(auth);
    Leased at(auth);
    at.create_and_stop();
    lease_by_hand(at.world, kId);  // the share still has the token of its create
    at.start_and_stop();
    at.start_and_stop();
  }
}

TEST_CASE("leases: a start that changes a leased share says why not, and leaves the environment as it was") {
  for (const char* auth : {"key", "entra"}) {
    CAPTURE(auth);
    Leased at(auth);
    at.create_and_stop();
    lease_by_hand(at.world, kId);
    StartRequest bigger{.id = kId};
    bigger.changes.cpu_cores = 4;
    auto start = at.agent->start(std::move(bigger));
    const auto& refused = at.world.finish(start);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == ErrorCode::kConflict);
    CHECK(refused.error().azure_code == "LeaseIdMissing");
    CHECK(at.world.group(kId).state == "Stopped");
    at.start_and_stop();
  }
}

TEST_CASE("leases: a leased snapshot, as of Azure Backup, keeps its share; others go with it") {
  for (const char* auth : kWays) {
    CAPTURE(auth);
    Leased at(auth);
    at.create_and_stop();
    const std::string backup = snapshot_by_hand(at.world, kId);
    const std::string other = snapshot_by_hand(at.world, kId);
    lease_by_hand(at.world, kId, backup);
    at.refuse("DeleteShareWhenSnapshotLeased", "Azure Backup");
    CHECK(has_snapshot(at.world, kId, backup));
    CHECK(has_snapshot(at.world, kId, other));
    break_lease_by_hand(at.world, kId, backup);
    CHECK(at.remove().ok());
    CHECK_FALSE(at.world.has_share(kId));
  }
}

TEST_CASE("leases: a sweep of what holds no files keeps a share whose snapshots may hold some") {
  // Through Azure Resource Manager nobody tells whether a share is empty: without includeFiles it is kept
  // anyway.
  for (const char* auth : {"key", "entra"}) {
    CAPTURE(auth);
    Leased at(auth);
    die_creating(at.world, create_request(kId), at.tweaks, [&] { return at.world.has_share(kId); });
    at.world.clock().advance(std::chrono::hours(3));
    const std::string snapshot = snapshot_by_hand(at.world, kId);
    at.world.clock().advance(std::chrono::hours(3));
    SweepRequest request;
    auto rehearsal = at.agent->sweep_orphans(request);
    const auto& told = at.world.finish(rehearsal);
    REQUIRE(told.ok());
    REQUIRE(told->size() == 1);
    CHECK_FALSE(*told->front().removed);
    CHECK(told->front().reason.find("its file share has snapshots") != std::string::npos);
    at.world.azure().set_fault_script([](const HttpRequest& asked, std::uint64_t) {
      const bool of_snapshots = asked.url.find("include=snapshots") != std::string::npos;
      using emulator::Fault;
      return of_snapshots ? Fault{Fault::kStatus, 403, "AuthorizationFailure"} : Fault{};
    });
    auto without_answer = at.agent->sweep_orphans(request);
    const auto& unknown = at.world.finish(without_answer);
    at.world.azure().set_fault_script(nullptr);
    REQUIRE(unknown.ok());
    CHECK_FALSE(*unknown->front().removed);
    CHECK(unknown->front().reason.find("whether its file share has snapshots") != std::string::npos);
    request.dry_run = false;
    auto sweep = at.agent->sweep_orphans(request);
    const auto& kept = at.world.finish(sweep);
    REQUIRE(kept.ok());
    REQUIRE(kept->size() == 1);
    CHECK_FALSE(*kept->front().removed);
    CHECK(kept->front().reason.find("the file share has snapshots") != std::string::npos);
    CHECK(has_snapshot(at.world, kId, snapshot));
    request.include_files = true;
    request.dry_run = true;
    auto rehearsal_of_all = at.agent->sweep_orphans(request);
    const auto& whole = at.world.finish(rehearsal_of_all);
    REQUIRE(whole.ok());
    CHECK(*whole->front().removed);
    request.dry_run = false;
    auto all = at.agent->sweep_orphans(request);
    REQUIRE(at.world.finish(all).ok());
    CHECK_FALSE(at.world.has_share(kId));
  }
}

TEST_CASE("leases: the roll-back of a create leaves a share that somebody has taken a snapshot of") {
  for (const char* auth : kWays) {
    CAPTURE(auth);
    Leased at(auth);
    at.world.azure().set_location("eastus", emulator::Deployment::kMountFails);
    auto create = at.agent->create(create_request(kId));
    REQUIRE(at.world.clock().run_until([&] { return at.world.has_group(kId); }));
    const std::string snapshot = snapshot_by_hand(at.world, kId);
    const auto& failed = at.world.finish(create);
    REQUIRE_FALSE(failed.ok());
    CHECK(failed.error().code == ErrorCode::kMountFailed);
    CHECK(failed.error().message.find("the file share has snapshots") != std::string::npos);
    CHECK_FALSE(at.world.has_group(kId));
    CHECK(has_snapshot(at.world, kId, snapshot));
    CHECK(at.remove().ok());
    CHECK_FALSE(at.world.has_share(kId));
  }
}
