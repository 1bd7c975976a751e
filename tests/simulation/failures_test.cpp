// What goes wrong at Azure: the error says so, and what the call created is gone again.
#include <doctest/doctest.h>

#include "support/world.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;
using emulator::Deployment;

namespace {

const std::string kId = "workspace-0001";

struct Row {
  const char* name;
  Deployment deployment;
  ErrorCode code;
  const char* said;  // a part of the message
};

}  // namespace

TEST_CASE("a create that Azure cannot serve says why and leaves nothing behind") {
  const Row rows[] = {
      {"no capacity, at once", Deployment::kNoCapacitySync, ErrorCode::kCapacityUnavailable,
       "try another region"},
      {"no capacity, later", Deployment::kNoCapacityAsync, ErrorCode::kCapacityUnavailable,
       "try another region"},
      {"image inaccessible", Deployment::kImageInaccessible, ErrorCode::kImagePullFailed, "image"},
      {"image rate limited", Deployment::kImageRateLimited, ErrorCode::kImagePullFailed, "rate limit"},
      {"image back-off", Deployment::kImagePullBackOff, ErrorCode::kImagePullFailed, "BackOff"},
      {"crash loop", Deployment::kCrashLoop, ErrorCode::kContainerFailed, "exit code"},
      {"mount fails", Deployment::kMountFails, ErrorCode::kMountFailed, "mount"},
      {"policy", Deployment::kPolicyRefused, ErrorCode::kAzureRefused, "policy"},
      {"DNS label taken", Deployment::kDnsLabelTaken, ErrorCode::kDnsLabelTaken, "DNS"},
      {"never ready", Deployment::kNeverReady, ErrorCode::kTimeout, ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    World world;
    auto agent = world.agent();
    world.azure().set_location("eastus", row.deployment);
    auto operation = agent->create(create_request(kId));
    const auto& failed = world.finish(operation);
    REQUIRE_FALSE(failed.ok());
    INFO(failed.error().message);
    CHECK(std::string(to_string(failed.error().code)) == std::string(to_string(row.code)));
    CHECK(failed.error().message.find(row.said) != std::string::npos);
    CHECK_FALSE(world.has_group(kId));
    CHECK_FALSE(world.has_share(kId));
    // Well again: the same request succeeds, once the share's name is free.
    world.azure().set_location("eastus", Deployment::kWorks);
    auto again = agent->create(create_request(kId));
    const auto& created = world.finish(again);
    CHECK_MESSAGE(created.ok(), (created.ok() ? "" : created.error().message));
  }
}

TEST_CASE("a crash loop's log tail is told with every secret taken out") {
  World world;
  auto agent = world.agent();
  world.azure().set_location("eastus", Deployment::kCrashLoop);
  CreateRequest request = create_request(kId);
  request.secrets.github_token = Secret("canary-github-token");
  auto operation = agent->create(std::move(request));
  const auto& failed = world.finish(operation);
  REQUIRE_FALSE(failed.ok());
  const std::string& message = failed.error().message;
  CHECK(message.find("canary-github-token") == std::string::npos);
  const auto log = message.find("Last log lines: ");
  REQUIRE(log != std::string::npos);
  CHECK_MESSAGE(message.find("GITHUB_TOKEN=***", log) != std::string::npos, message);
  CHECK(failed.error().message.find("Last events") != std::string::npos);
  CHECK(world.count("Containers_ListLogs") == 1);
}

TEST_CASE("a failed start stops what it started, or says that it could not, and keeps files and definition") {
  for (Deployment deployment :
       {Deployment::kNoCapacitySync, Deployment::kNoCapacityAsync, Deployment::kMountFails}) {
    World world;
    auto agent = world.agent();
    auto create = agent->create(create_request(kId));
    REQUIRE(world.finish(create).ok());
    auto stop = agent->stop({kId, ""});
    REQUIRE(world.finish(stop).ok());
    const auto share = world.share(kId);
    world.azure().set_location("eastus", deployment);
    StartRequest request;
    request.id = kId;
    auto start = agent->start(std::move(request));
    const auto& failed = world.finish(start);
    REQUIRE_FALSE(failed.ok());
    CHECK(world.share(kId).incarnation == share.incarnation);
    REQUIRE(world.has_group(kId));
    // Azure refuses to stop a group whose start hangs on its mount; then the answer says so.
    const bool told = failed.error().message.find("Roll-back is incomplete") != std::string::npos;
    CHECK((world.group(kId).state == "Stopped") != told);
    CHECK(told == (deployment == Deployment::kMountFails));
    world.azure().set_location("eastus", Deployment::kWorks);
    StartRequest again;
    again.id = kId;
    auto restart = agent->start(std::move(again));
    const auto& started = world.finish(restart);
    CHECK_MESSAGE(started.ok(), (started.ok() ? "" : started.error().message));
  }
}

TEST_CASE("a cancelled create is undone on its own deadline") {
  World world;
  auto agent = world.agent();
  auto operation = agent->create(create_request(kId));
  world.clock().run_until([&] { return world.has_group(kId); });
  operation.cancel();
  const auto& result = world.finish(operation);
  CHECK(result.error().code == ErrorCode::kCancelled);
  CHECK_FALSE(world.has_group(kId));
  CHECK_FALSE(world.has_share(kId));
}

TEST_CASE("a create that runs out of time is undone although its time is over") {
  World world;
  auto agent = world.agent();
  CallOptions options;
  options.timeout = std::chrono::seconds(10);
  auto operation = agent->create(create_request(kId), options);
  const auto& result = world.finish(operation);
  CHECK(result.error().code == ErrorCode::kTimeout);
  CHECK_FALSE(world.has_group(kId));
  CHECK_FALSE(world.has_share(kId));
}

TEST_CASE("a cancelled repeat of a create removes nothing that was there") {
  World world;
  auto first = world.agent();
  auto second = world.agent();
  auto creating = first->create(create_request(kId));
  world.clock().run_until([&] { return world.has_group(kId); });
  auto repeat = second->create(create_request(kId));
  const auto count = world.azure_calls().size();
  world.clock().run_until([&] { return world.azure_calls().size() > count + 2; });
  repeat.cancel();
  CHECK(world.finish(repeat).error().code == ErrorCode::kCancelled);
  CHECK(world.finish(creating).ok());
  CHECK(world.group(kId).state == "Running");
}

TEST_CASE("a forced delete ends a create in flight, and both answers are true") {
  World world;
  auto agent = world.agent();
  auto creating = agent->create(create_request(kId));
  world.clock().run_until([&] { return world.has_group(kId); });
  auto removing = agent->remove({kId, "", true});
  const auto& removed = world.finish(removing);
  CHECK_MESSAGE(removed.ok(), (removed.ok() ? "" : removed.error().message));
  CHECK(world.finish(creating).error().code == ErrorCode::kCancelled);
  CHECK_FALSE(world.has_group(kId));
  CHECK_FALSE(world.has_share(kId));
}

TEST_CASE("delete never takes the files while the container's state is unknown") {
  World world;
  auto agent = world.agent();
  auto create = agent->create(create_request(kId));
  REQUIRE(world.finish(create).ok());
  for (int status : {403, 429, 500, 503}) {
    CAPTURE(status);
    world.azure().set_fault_script([&](const HttpRequest& request, std::uint64_t) {
      emulator::Fault fault;
      if (request.label != "containerGroups.get") return fault;
      fault.kind = emulator::Fault::kStatus;
      fault.status = status;
      fault.code = "AuthorizationFailed";
      return fault;
    });
    world.clock().advance(std::chrono::seconds(10));  // what was read before is old
    auto remove = agent->remove({kId, "", true});
    CHECK_FALSE(world.finish(remove).ok());
    auto get = agent->get({kId, ""});
    CHECK(world.finish(get).error().code != ErrorCode::kNotFound);
    CHECK(world.has_share(kId));
    CHECK(world.group(kId).state == "Running");
  }
}

TEST_CASE("a share that is being deleted is waited out, not reported as there or as success") {
  emulator::EmulatorOptions options;
  options.share_deletion_time = std::chrono::seconds(90);
  World world(options);
  auto agent = world.agent();
  auto create = agent->create(create_request(kId));
  REQUIRE(world.finish(create).ok());
  auto remove = agent->remove({kId, "", true});
  REQUIRE(world.finish(remove).ok());
  auto again = agent->create(create_request(kId));
  const auto& created = world.finish(again);
  REQUIRE_MESSAGE(created.ok(), created.error().message);
  CHECK(created->changed);
}

TEST_CASE("a rotated storage key and an expired token are noticed and renewed") {
  World world;
  AgentTweaks tweaks;
  tweaks.storage_key = std::string(84, 'A') + "AQ==";
  auto agent = world.agent(tweaks);
  auto create = agent->create(create_request(kId));
  REQUIRE(world.finish(create).ok());
  CHECK(world.count("StorageAccounts_ListKeys") == 0);
  world.azure().rotate_storage_key("dev8account",
                                   std::string(84, 'E') + "AQ==", std::string(84, 'F') + "AQ==");
  world.azure().expire_tokens();
  auto get = agent->get({kId, ""});
  const auto& seen = world.finish(get);
  REQUIRE_MESSAGE(seen.ok(), seen.error().message);
  CHECK(world.count("StorageAccounts_ListKeys") == 1);
  CHECK(world.count("Token") == 2);
}
