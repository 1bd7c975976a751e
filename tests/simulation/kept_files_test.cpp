// Deletes that keep the files, in accounts without soft delete, on each way to the shares: what is there
// afterwards, what is told of it, and how it ends.
#include <doctest/doctest.h>

#include "json/write.h"
#include "support/by_hand.h"
#include "support/keyless.h"
#include "support/tap.h"
#include "support/two_regions.h"

using namespace dev8agent;
using namespace dev8agent::test;

namespace {

const std::string kId = "workspace-0001";
constexpr const char* kWays[] = {"key", "entra", "arm"};
const DeleteRequest kKeep{.id = kId, .force = true, .snapshot = true};
const DeleteRequest kPlain{.id = kId, .force = true};

// Writes the metadata of the share as an agent that knows of no mark, or of this one.
void write_mark_by_hand(const World& world, const std::string& snapshot) {
  auto metadata = world.share(kId).metadata;
  metadata.erase("keptsnapshot");
  if (!snapshot.empty()) metadata["keptsnapshot"] = snapshot;
  internal::json::Value values{internal::json::Value::Object()};
  for (const auto& [name, value] : metadata) values.set(name, value);
  const std::string body = R"({"properties":{"metadata":)" + internal::json::write(values) + "}}";
  REQUIRE(share_by_hand(world, "PATCH", kId, "", body).status == 200);
}

bool is_marked(const World& world) {
  return world.share(kId).metadata.contains("keptsnapshot");
}

// Holds each read of a marked share back for so long.
Tap::Hook late_reads_of_mark(const World& world, std::chrono::seconds span) {
  return [&world, span](Tap& tap, const HttpRequest& request, const Transport::Completion& done) {
    if (request.label != "shares.get" || !is_marked(world)) return false;
    tap.pass_later(span, request, done);
    return true;
  };
}

struct Kept {
  explicit Kept(const std::string& auth, int retention_days = 0) : world(azure(retention_days)) {
    tweaks = both_regions();
    tweaks.adjust = [auth](AgentOptions& options) { options.storage_access = access_by(auth, "key"); };
    agent = world.agent(tweaks);
  }
  static emulator::EmulatorOptions azure(int retention_days) {
    emulator::EmulatorOptions options = with_identities(two_accounts(), true);
    for (auto& account : options.storage_accounts) account.retention_days = retention_days;
    return options;
  }
  template <class T>
  const T& done(const Operation<T>& operation) {
    const auto& result = world.finish(operation);
    REQUIRE_MESSAGE(result.ok(), result.error().message);
    return *result;
  }
  template <class T>
  Error failure(const Operation<T>& operation) {
    const auto& result = world.finish(operation);
    REQUIRE_FALSE(result.ok());
    return result.error();
  }
  void create() {
    const auto operation = agent->create(create_request(kId));
    done(operation);
  }
  KeptFiles keep() {
    const auto operation = agent->remove(kKeep);
    const Deletion& deletion = done(operation);
    REQUIRE(deletion.kept.has_value());
    return *deletion.kept;
  }
  int listed() {
    const auto operation = agent->list({});
    return done(operation).total;
  }

  World world;
  AgentTweaks tweaks;
  std::unique_ptr<EnvironmentOrchestrator> agent;
};

}  // namespace

TEST_CASE("kept files: a delete with a snapshot keeps the share with it, and the environment is gone") {
  for (const char* auth : kWays) {
    CAPTURE(auth);
    Kept at(auth);
    const auto absent = at.agent->remove(kKeep);
    CHECK(at.failure(absent).code == ErrorCode::kNotFound);
    at.create();
    const auto incarnation = at.world.share(kId).incarnation;
    const KeptFiles kept = at.keep();
    CHECK(kept.storage_account == "dev8east");
    CHECK(kept.file_share == "fs-" + kId);
    CHECK(has_snapshot(at.world, kId, kept.snapshot));
    CHECK_FALSE(at.world.has_group(kId));
    CHECK(at.world.share(kId).incarnation == incarnation);

    const auto get = at.agent->get({kId, ""});
    const Error gone = at.failure(get);
    CHECK(gone.code == ErrorCode::kNotFound);
    CHECK(gone.message.find(kept.advice) != std::string::npos);
    REQUIRE(gone.fields.size() == 3);
    CHECK(gone.fields[2] == FieldError{"snapshot", kept.snapshot});
    CHECK(at.listed() == 0);
    const auto start = at.agent->start({.id = kId});
    CHECK(at.failure(start).code == ErrorCode::kNotFound);
    const auto stop = at.agent->stop({kId, ""});
    CHECK(at.failure(stop).code == ErrorCode::kNotFound);
    const auto update = at.agent->update({.id = kId, .name = "Other"});
    CHECK(at.failure(update).code == ErrorCode::kNotFound);
    const auto again = at.agent->remove(kKeep);
    const Error repeated = at.failure(again);
    CHECK(repeated.code == ErrorCode::kNotFound);
    CHECK(repeated.fields == gone.fields);
    CHECK(has_snapshot(at.world, kId, kept.snapshot));
  }
}

TEST_CASE("kept files: a plain delete removes them with their snapshots, and the id is free") {
  for (const char* auth : kWays) {
    CAPTURE(auth);
    Kept at(auth);
    at.create();
    at.keep();
    const auto create = at.agent->create(create_request(kId));
    const Error refused = at.failure(create);
    CHECK(refused.code == ErrorCode::kConflict);
    for (const char* word : {"restore it", "delete it without a snapshot"})
      CHECK(refused.message.find(word) != std::string::npos);
    CreateRequest elsewhere = create_request(kId);
    elsewhere.cloud_region = "westeurope";
    const auto other = at.agent->create(std::move(elsewhere));
    CHECK(at.failure(other).code == ErrorCode::kConflict);
    CHECK(at.world.azure().groups().empty());
    CHECK(at.world.azure().shares().size() == 1);

    const auto plain = at.agent->remove({.id = kId});
    CHECK_FALSE(at.done(plain).kept);
    CHECK_FALSE(at.world.has_share(kId));
    const auto get = at.agent->get({kId, ""});
    CHECK(at.failure(get).fields.empty());
    at.create();
  }
}

TEST_CASE("kept files: a restore gives the stopped environment back with the same files") {
  for (const char* auth : kWays) {
    CAPTURE(auth);
    Kept at(auth);
    CreateRequest request = create_request(kId);
    request.spec.name = "Mine";
    request.spec.environment_variables = {{"COLOUR", "blue"}};
    const auto create = at.agent->create(std::move(request));
    const auto made = at.done(create).environment;
    const auto incarnation = at.world.share(kId).incarnation;
    const KeptFiles kept = at.keep();
    const auto restore = at.agent->restore({kId, ""});
    const Environment& back = at.done(restore);
    CHECK(back.status == EnvironmentStatus::kStopped);
    CHECK(back.name == "Mine");
    CHECK(back.environment_variables == made.environment_variables);
    CHECK(back.created_at == made.created_at);
    CHECK(at.listed() == 1);
    const auto again = at.agent->restore({kId, ""});
    CHECK(at.failure(again).code == ErrorCode::kConflict);
    const auto start = at.agent->start({.id = kId});
    CHECK(at.done(start).environment.status == EnvironmentStatus::kRunning);
    CHECK(at.world.share(kId).incarnation == incarnation);
    CHECK(has_snapshot(at.world, kId, kept.snapshot));
    // It goes with the environment, as every snapshot does.
    const auto plain = at.agent->remove(kPlain);
    at.done(plain);
    CHECK_FALSE(at.world.has_share(kId));
  }
}

TEST_CASE("kept files: soft delete, where there is some, is the way to keep them") {
  Kept at("key", 7);
  at.create();
  const auto remove = at.agent->remove(kKeep);
  const Deletion& deletion = at.done(remove);
  CHECK(deletion.restorable_until);
  CHECK_FALSE(deletion.kept);
  CHECK_FALSE(at.world.has_share(kId));
  CHECK(at.world.count("Share_CreateSnapshot") == 0);
  const auto restore = at.agent->restore({kId, ""});
  at.done(restore);
}

TEST_CASE("kept files: a snapshot that Azure refuses deletes nothing") {
  struct Row {
    int status;
    const char* code;
  };
  for (const Row& row : {Row{403, "AuthorizationFailure"}, Row{409, "ShareSnapshotCountExceeded"}}) {
    CAPTURE(row.code);
    Kept at("key");
    at.create();
    at.world.azure().set_fault_script([row](const HttpRequest& request, std::uint64_t) {
      using emulator::Fault;
      return request.label == "shares.snapshot" ? Fault{Fault::kStatus, row.status, row.code} : Fault{};
    });
    const auto remove = at.agent->remove(kKeep);
    CHECK(at.failure(remove).azure_code == row.code);
    CHECK(at.world.group(kId).container_state == "Running");
    const auto get = at.agent->get({kId, ""});
    CHECK(at.done(get).status == EnvironmentStatus::kRunning);
  }
}

TEST_CASE("kept files: one that is being taken is waited for") {
  Kept at("key");
  at.create();
  int refusals = 3;
  at.world.azure().set_fault_script([&](const HttpRequest& request, std::uint64_t) {
    using emulator::Fault;
    const bool refuse = request.label == "shares.snapshot" && refusals-- > 0;
    return refuse ? Fault{Fault::kStatus, 409, "ShareSnapshotInProgress"} : Fault{};
  });
  at.keep();
  CHECK(refusals < 0);
}

TEST_CASE("kept files: a share with as many snapshots as Azure allows keeps its environment") {
  Kept at("key");
  at.create();
  for (int i = 0; i < 200; ++i) {
    snapshot_by_hand(at.world, kId);
    at.world.clock().advance(std::chrono::seconds(1));  // Azure's limit of such writes
  }
  const auto remove = at.agent->remove(kKeep);
  const Error refused = at.failure(remove);
  CHECK(refused.code == ErrorCode::kConflict);
  CHECK(refused.message.find("as many snapshots as Azure allows") != std::string::npos);
  CHECK(at.world.group(kId).container_state == "Running");
}

TEST_CASE("kept files: a sweep lists them with a reason of their own, and removes them with the files") {
  for (const char* auth : kWays) {
    CAPTURE(auth);
    Kept at(auth);
    at.create();
    at.keep();
    at.world.clock().advance(std::chrono::hours(2));
    const auto orphans = at.agent->orphans({});
    const auto& found = at.done(orphans);
    REQUIRE(found.size() == 1);
    CHECK(found.front().reason == "kept by a delete with a snapshot");
    for (const bool dry_run : {true, false}) {
      const auto sweep = at.agent->sweep_orphans({.dry_run = dry_run});
      CHECK(at.done(sweep).front().removed == false);
      CHECK(at.world.has_share(kId));
    }
    const auto sweep = at.agent->sweep_orphans({.dry_run = false, .include_files = true});
    CHECK(at.done(sweep).front().removed == true);
    CHECK_FALSE(at.world.has_share(kId));
  }
}

TEST_CASE("kept files: a key of one user sees and touches that user's alone") {
  Kept at("key");
  at.create();  // of user-1
  const auto foreign = at.agent->remove(kKeep, {.only_user = "user-2"});
  CHECK(at.failure(foreign).code == ErrorCode::kNotFound);
  CHECK(at.world.group(kId).container_state == "Running");
  const auto own = at.agent->remove(kKeep, {.only_user = "user-1"});
  CHECK(at.done(own).kept);
  const auto hidden = at.agent->get({kId, ""}, {.only_user = "user-2"});
  CHECK(at.failure(hidden).fields.empty());
  const auto hidden_restore = at.agent->restore({kId, ""}, {.only_user = "user-2"});
  CHECK(at.failure(hidden_restore).code == ErrorCode::kNotFound);
  const auto hidden_delete = at.agent->remove(kPlain, {.only_user = "user-2"});
  CHECK(at.failure(hidden_delete).code == ErrorCode::kNotFound);
  CHECK(at.world.has_share(kId));
  const auto shown = at.agent->get({kId, ""}, {.only_user = "user-1"});
  CHECK(at.failure(shown).fields.size() == 3);
  const auto plain = at.agent->remove(kPlain, {.only_user = "user-1"});
  at.done(plain);
  CHECK_FALSE(at.world.has_share(kId));
}

TEST_CASE("kept files: a mark beside a container that came meanwhile goes with the next start") {
  Kept at("key");
  at.create();
  const auto stop = at.agent->stop({kId, ""});
  at.done(stop);
  write_mark_by_hand(at.world, "2026-01-14T10=3A00=3A00.0000000Z");
  const auto get = at.agent->get({kId, ""});
  CHECK(at.done(get).status == EnvironmentStatus::kStopped);
  const auto start = at.agent->start({.id = kId});
  at.done(start);
  CHECK_FALSE(is_marked(at.world));
}

TEST_CASE("kept files: beside a mark, one read without the container hides no environment") {
  const auto is_there = [](const std::string& call, const auto& ask) {
    CAPTURE(call);
    Kept at("key");
    at.create();
    write_mark_by_hand(at.world, "2026-01-14T10=3A00=3A00.0000000Z");
    auto hidden = std::make_shared<int>(1);
    const auto hide = [hidden](Tap& tap, const HttpRequest& request, const Transport::Completion& done) {
      if (request.label != "containerGroups.get" || (*hidden)-- <= 0) return false;
      tap.answer(done, 404, "ResourceNotFound");
      return true;
    };
    const auto other = at.world.agent(tapped(at.world, hide, at.tweaks));
    const auto operation = ask(*other);
    const auto& result = at.world.finish(operation);
    CHECK(*hidden < 0);
    CHECK_MESSAGE(result.ok(), result.error().message);
  };
  is_there("stop", [](auto& agent) { return agent.stop({kId, ""}); });
  is_there("start", [](auto& agent) { return agent.start({.id = kId}); });
  is_there("restart", [](auto& agent) { return agent.restart({kId, ""}); });
  is_there("update", [](auto& agent) { return agent.update({.id = kId, .name = "Other"}); });
  is_there("delete", [](auto& agent) { return agent.remove(kKeep); });
  is_there("create", [](auto& agent) { return agent.create(create_request(kId)); });
}

TEST_CASE("kept files: a delete whose mark another call takes off at once does not say that they are kept") {
  Kept at("key");
  at.create();
  const auto other =
      at.world.agent(tapped(at.world, late_reads_of_mark(at.world, std::chrono::seconds(5)), at.tweaks));
  const auto remove = other->remove(kKeep);
  REQUIRE(at.world.clock().run_until([&] { return is_marked(at.world); }));
  write_mark_by_hand(at.world, "");
  const Error refused = at.failure(remove);
  CHECK(refused.code == ErrorCode::kConflict);
  CHECK(refused.retryable);
  CHECK(refused.message.find("its files are still there. Repeat the delete") != std::string::npos);
  CHECK_FALSE(is_marked(at.world));
  const auto get = at.agent->get({kId, ""});
  CHECK(at.done(get).status == EnvironmentStatus::kStopped);
  at.keep();
}

TEST_CASE("kept files: a delete beside whose mark a container comes up does not say that it is gone") {
  Kept at("key");
  at.create();
  const auto stop = at.agent->stop({kId, ""});
  at.done(stop);
  const auto other =
      at.world.agent(tapped(at.world, late_reads_of_mark(at.world, std::chrono::minutes(2)), at.tweaks));
  const auto remove = other->remove({.id = kId, .snapshot = true});
  REQUIRE(at.world.clock().run_until([&] { return !at.world.has_group(kId); }));
  const auto start = at.agent->start({.id = kId});
  REQUIRE(at.world.clock().run_until([&] { return is_marked(at.world); }));
  const Error refused = at.failure(remove);
  CHECK(refused.code == ErrorCode::kConflict);
  CHECK(refused.message.find("is still running") != std::string::npos);
  CHECK(at.done(start).environment.status == EnvironmentStatus::kRunning);
  CHECK_FALSE(is_marked(at.world));
}

TEST_CASE("kept files: whoever follows the environment is told that it is gone") {
  Kept at("key");
  at.create();
  auto other = at.world.agent(at.tweaks);
  bool gone = false;
  const auto watch = other->watch_events({kId, ""}, [&](const EventPage& page) { gone = page.gone; });
  at.world.clock().advance(std::chrono::seconds(10));
  CHECK_FALSE(watch.done());
  at.keep();
  at.done(watch);
  CHECK(gone);
  const auto events = other->events({kId, ""});
  CHECK(at.failure(events).code == ErrorCode::kNotFound);
}

TEST_CASE("kept files: an agent of one region, which puts the share before it looks, refuses a create, too") {
  World world;
  auto agent = world.agent();
  const auto create = agent->create(create_request(kId));
  REQUIRE(world.finish(create).ok());
  const auto keep = agent->remove(kKeep);
  REQUIRE(world.finish(keep).ok());
  const auto before = world.share(kId);
  const auto again = agent->create(create_request(kId));
  const auto& refused = world.finish(again);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == ErrorCode::kConflict);
  CHECK(refused.error().message.find("restore it") != std::string::npos);
  CHECK_FALSE(world.has_group(kId));
  CHECK(world.share(kId).incarnation == before.incarnation);
  CHECK(world.share(kId).metadata == before.metadata);
}

TEST_CASE("kept files: what the account keeps is asked for at each delete, for it may have changed") {
  Kept at("key", 7);
  at.create();
  const auto first = at.agent->remove(kPlain);
  CHECK(at.done(first).restorable_until.has_value());
  const std::string other = "workspace-0002";
  const auto created = at.agent->create(create_request(other));
  at.done(created);
  for (const auto& account : at.world.azure().options().storage_accounts) {
    ask_azure(
        at.world, "PUT",
        "Microsoft.Storage/storageAccounts/" + account.name + "/fileServices/default?api-version=2025-06-01",
        R"({"properties":{"shareDeleteRetentionPolicy":{"enabled":false}}})", {});
  }
  const auto removed = at.agent->remove({.id = other, .force = true, .snapshot = true});
  const Deletion& deletion = at.done(removed);
  CHECK(deletion.kept.has_value());
  CHECK_FALSE(deletion.restorable_until.has_value());
  const auto restored = at.agent->restore({other, ""});
  CHECK(at.done(restored).status == EnvironmentStatus::kStopped);
  // The date that a plain delete tells is not older than that answer.
  const auto gone = at.agent->remove({.id = other, .force = true});
  CHECK_FALSE(at.done(gone).restorable_until.has_value());
}

TEST_CASE(
    "kept files: those of the environment are kept, not what a dead create has left in another region") {
  World world(Kept::azure(0));
  die_creating(world, create_in(kId, "eastus"), both_regions(),
               [&] { return world.count("Share_Create") == 1; });
  AgentTweaks west_only = both_regions();
  west_only.regions = {"westeurope"};
  west_only.default_region = "westeurope";
  west_only.adjust = [](AgentOptions& options) { options.regions[0].storage_account = "dev8west"; };
  const auto blind = world.agent(west_only);
  const auto made = blind->create(create_in(kId, "westeurope"));
  REQUIRE(world.finish(made).ok());
  REQUIRE(shares_kept(world) == 2);

  const auto agent = world.agent(both_regions());
  const auto removed = agent->remove(kKeep);
  REQUIRE_MESSAGE(world.finish(removed).ok(), removed.get().error().message);
  REQUIRE(removed.get()->kept.has_value());
  CHECK(removed.get()->kept->storage_account == "dev8west");
  CHECK(shares_kept(world) == 1);
  const auto restored = agent->restore({kId, ""});
  REQUIRE_MESSAGE(world.finish(restored).ok(), restored.get().error().message);
  CHECK(restored.get()->cloud_region == "westeurope");
}

TEST_CASE("kept files: a plain delete that nobody carries out is not taken for done") {
  Kept at("key");
  at.create();
  const std::string keeping = at.agent->new_operation_id(kKeep);
  at.keep();
  at.world.clock().advance(std::chrono::minutes(5));
  const std::string plain = at.agent->new_operation_id(kPlain);
  const auto other = at.world.agent(at.tweaks);
  const auto first = other->observe_operation(keeping);
  CHECK(at.done(first).status == OperationStatus::kSucceeded);
  const auto second = other->observe_operation(plain);
  CHECK(at.done(second).status == OperationStatus::kRunning);
  CHECK(at.world.has_share(kId));
}

TEST_CASE("kept files: other calls tell where they are, and other users learn nothing of them") {
  Kept at("key");
  at.create();
  const KeptFiles kept = at.keep();
  const auto start = at.agent->start({.id = kId});
  const auto stop = at.agent->stop({kId, ""});
  const auto restart = at.agent->restart({kId, ""});
  const auto update = at.agent->update({.id = kId, .name = "Other"});
  for (const Error& error : {at.failure(start), at.failure(stop), at.failure(restart), at.failure(update)}) {
    CHECK(error.code == ErrorCode::kNotFound);
    CHECK(error.message.find(kept.advice) != std::string::npos);
  }
  CreateRequest request = create_request(kId);
  request.spec.user_id = "user-2";
  const auto foreign = at.agent->create(std::move(request), {.only_user = "user-2"});
  CHECK(at.failure(foreign).code == ErrorCode::kConflict);
  CHECK(foreign.get().error().message ==
        "environment " + kId + " exists with another userId; nothing was changed");
}
