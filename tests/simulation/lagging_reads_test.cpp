// Azure answers reads from copies that lag: 404 for what exists, or an old body. No file is deleted, no
// container restarts, and no false success is returned because of it.
#include <doctest/doctest.h>

#include "support/tap.h"
#include "support/two_regions.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;
using std::chrono::seconds;

namespace {

const std::string kId = "workspace-0001";

// The next `*times` reads of the group answer 404.
Tap::Hook hide_group(std::shared_ptr<int> times) {
  return [times](Tap& tap, const HttpRequest& request, const Transport::Completion& done) {
    if (request.label != "containerGroups.get" || *times <= 0) return false;
    --*times;
    tap.answer(done, 404, "ResourceNotFound");
    return true;
  };
}

std::shared_ptr<int> once() {
  return std::make_shared<int>(1);
}

void create(World& world, EnvironmentOrchestrator& agent) {
  CreateRequest request = create_request(kId);
  request.secrets.github_token = Secret(std::string_view("token-of-the-create"));
  auto operation = agent.create(std::move(request));
  const auto& created = world.finish(operation);
  REQUIRE_MESSAGE(created.ok(), created.error().message);
}

void stop(World& world, EnvironmentOrchestrator& agent) {
  auto operation = agent.stop({kId, ""});
  REQUIRE(world.finish(operation).ok());
}

StartRequest start_request() {
  StartRequest request;
  request.id = kId;
  return request;
}

emulator::EmulatorOptions with_past() {
  emulator::EmulatorOptions options;
  options.remembered_past = std::chrono::minutes(5);
  return options;
}

}  // namespace

TEST_CASE("lag: a delete without force keeps a running environment of which one read answers 404") {
  World world;
  auto agent = world.agent();
  create(world, *agent);
  const auto files = world.share(kId).incarnation;
  auto other = world.agent(tapped(world, hide_group(once())));
  auto removed = other->remove({kId, "", false});
  const auto& refused = world.finish(removed);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == ErrorCode::kConflict);
  CHECK(refused.error().message.find("still running") != std::string::npos);
  CHECK(world.share(kId).incarnation == files);
  CHECK(world.group(kId).state == "Running");
  CHECK(world.count("Share_Delete") == 0);
}

TEST_CASE("lag: a delete without force that every read misleads keeps the files") {
  World world;
  auto agent = world.agent();
  create(world, *agent);
  const auto files = world.share(kId).incarnation;
  auto hidden = [](Tap& tap, const HttpRequest& request, const Transport::Completion& done) {
    if (request.label == "containerGroups.get") {
      tap.answer(done, 404, "ResourceNotFound");
      return true;
    }
    if (request.label != "containerGroups.list") return false;
    HttpResponse empty;
    empty.status = 200;
    empty.body = R"({"value":[]})";
    tap.answer(done, std::move(empty));
    return true;
  };
  auto other = world.agent(tapped(world, hidden));
  auto removed = other->remove({kId, "", false});
  const auto& refused = world.finish(removed);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().message.find("the files are kept") != std::string::npos);
  CHECK(world.share(kId).incarnation == files);
}

TEST_CASE("lag: a create whose group is not shown for 7 s after its PUT ends with the environment running") {
  for (bool operation_is_lost : {false, true}) {
    CAPTURE(operation_is_lost);
    World world(with_past());
    auto agent = world.agent();
    if (operation_is_lost) world.azure().forget_operations();
    world.azure().set_fault_script([&](const HttpRequest& request, std::uint64_t) {
      emulator::Fault lag;
      if (request.label == "operations.get" && operation_is_lost) {
        lag = {emulator::Fault::kStatus, 404, "ResourceNotFound"};
      } else {
        lag.kind = emulator::Fault::kStaleRead;
        lag.age = seconds(37);  // the container needs 30 s: its first 7 s are hidden
      }
      return lag;
    });
    create(world, *agent);
    CHECK(world.group(kId).state == "Running");
    CHECK(world.has_share(kId));
    CHECK(world.count("ContainerGroups_CreateOrUpdate") == 1);
    CHECK(world.count("Share_Delete") == 0);
  }
}

TEST_CASE("lag: a create ignores the dead create's container, which it has deleted and a read still shows") {
  World world(with_past());
  world.azure().set_location("eastus", emulator::Deployment::kMountFails);
  die_creating(world, create_request(kId), {},
               [&] { return world.count("ContainerGroups_CreateOrUpdate") == 1; });
  world.clock().advance(std::chrono::minutes(35));  // Azure has given up on it
  world.azure().set_location("eastus", emulator::Deployment::kWorks);
  world.azure().set_fault_script([&](const HttpRequest& request, std::uint64_t) {
    emulator::Fault lag;
    if (request.label == "containerGroups.get" && world.count("ContainerGroups_CreateOrUpdate") == 2) {
      lag.kind = emulator::Fault::kStaleRead;
      lag.age = seconds(15);  // absence is confirmed 10 s after the deletion
    }
    return lag;
  });
  auto agent = world.agent();
  create(world, *agent);
  CHECK(world.count("ContainerGroups_Delete") >= 1);
  CHECK(world.group(kId).state == "Running");
}

TEST_CASE("lag: a create that gives up before its group is shown leaves neither container nor share") {
  World world(with_past());
  auto agent = world.agent();
  world.azure().set_fault_script([&](const HttpRequest&, std::uint64_t) {
    emulator::Fault lag;
    lag.kind = emulator::Fault::kStaleRead;
    lag.age = std::chrono::minutes(5);
    return lag;
  });
  auto operation = agent->create(create_request(kId));
  REQUIRE(world.clock().run_until([&] { return world.has_group(kId); }));
  world.clock().advance(seconds(3));
  operation.cancel();
  CHECK(world.finish(operation).error().code == ErrorCode::kCancelled);
  CHECK_FALSE(world.has_group(kId));
  CHECK_FALSE(world.has_share(kId));
}

TEST_CASE("lag: a create that gives up does not keep its share for a container that was deleted before") {
  World world(with_past());
  auto agent = world.agent();
  create(world, *agent);
  auto removed = agent->remove({kId, "", true});
  REQUIRE(world.finish(removed).ok());
  world.clock().advance(world.azure().options().share_deletion_time);
  auto other = world.agent();
  auto operation = other->create(create_request(kId));
  REQUIRE(world.clock().run_until([&] { return world.has_share(kId); }));
  auto reads = std::make_shared<int>(3);
  world.azure().set_fault_script([reads](const HttpRequest& request, std::uint64_t) {
    emulator::Fault lag;
    if (request.label != "containerGroups.get" || *reads == 0) return lag;
    --*reads;
    lag.kind = emulator::Fault::kStaleRead;
    lag.age = std::chrono::minutes(1);
    return lag;
  });
  operation.cancel();
  CHECK(world.finish(operation).error().code == ErrorCode::kCancelled);
  CHECK(*reads == 0);
  CHECK_FALSE(world.has_share(kId));
}

TEST_CASE("lag: a start of what one read hides neither restarts a container nor drops its secrets") {
  for (bool running : {true, false}) {
    CAPTURE(running);
    World world;
    auto agent = world.agent();
    create(world, *agent);
    if (!running) stop(world, *agent);
    const auto before = world.group(kId);
    auto other = world.agent(tapped(world, hide_group(once())));
    auto started = other->start(start_request());
    const auto& outcome = world.finish(started);
    REQUIRE_MESSAGE(outcome.ok(), outcome.error().message);
    const auto after = world.group(kId);
    CHECK(after.state == "Running");
    CHECK(after.secure_variables == before.secure_variables);
    CHECK(after.deployments == before.deployments + (running ? 0 : 1));
    CHECK(world.count("ContainerGroups_CreateOrUpdate") == 1);
  }
}

TEST_CASE("lag: a start with secrets of what one read hides does not restart a running container") {
  World world;
  auto agent = world.agent();
  create(world, *agent);
  auto other = world.agent(tapped(world, hide_group(once())));
  StartRequest request = start_request();
  request.secrets.github_token = Secret(std::string_view("another-token"));
  auto started = other->start(std::move(request));
  const auto& refused = world.finish(started);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == ErrorCode::kConflict);
  CHECK(world.group(kId).deployments == 1);
}

TEST_CASE("lag: a stop succeeds although one read answers 404") {
  World world;
  auto agent = world.agent();
  create(world, *agent);
  auto other = world.agent(tapped(world, hide_group(once())));
  auto stopped = other->stop({kId, ""});
  const auto& outcome = world.finish(stopped);
  REQUIRE_MESSAGE(outcome.ok(), outcome.error().message);
  CHECK(world.group(kId).state == "Stopped");
}

TEST_CASE("lag: old bodies after another call's stop or start do not mislead a start or a stop") {
  World world(with_past());
  auto one = world.agent();
  auto other = world.agent();
  const auto lag = [&](bool on) {
    world.azure().set_fault_script(!on ? emulator::FaultScript() : [](const HttpRequest&, std::uint64_t) {
      emulator::Fault fault;
      fault.kind = emulator::Fault::kStaleRead;
      fault.age = seconds(5);
      return fault;
    });
  };
  create(world, *one);
  stop(world, *one);
  lag(true);
  auto started = other->start(start_request());  // reads still show it running
  REQUIRE(world.finish(started).ok());
  CHECK(world.group(kId).state == "Running");
  lag(false);
  stop(world, *one);
  world.clock().advance(std::chrono::minutes(1));
  auto again = one->start(start_request());
  REQUIRE(world.finish(again).ok());
  lag(true);
  stop(world, *other);
  CHECK(world.group(kId).state == "Stopped");
}

TEST_CASE("lag: what this process has started is neither redeployed nor deleted after reads from before") {
  for (bool with_secrets : {true, false}) {
    CAPTURE(with_secrets);
    World world(with_past());
    auto agent = world.agent();
    create(world, *agent);
    stop(world, *agent);
    world.clock().advance(std::chrono::minutes(1));
    auto started = agent->start(start_request());
    REQUIRE(world.finish(started).ok());
    const TimePoint lag_ends = world.clock().now() + seconds(5);
    world.azure().set_fault_script([&](const HttpRequest& request, std::uint64_t) {
      emulator::Fault lag;
      if (request.label == "containerGroups.get" && world.clock().now() < lag_ends) {
        lag.kind = emulator::Fault::kStaleRead;
        lag.age = seconds(45);  // the container needed 30 s to come up
      }
      return lag;
    });
    const auto before = world.group(kId);
    ErrorCode code{};
    if (with_secrets) {
      StartRequest request = start_request();
      request.secrets.github_token = Secret(std::string_view("another"));
      auto again = agent->start(std::move(request));
      code = world.finish(again).error().code;
    } else {
      auto removed = agent->remove({kId, ""});
      code = world.finish(removed).error().code;
    }
    CHECK(code == ErrorCode::kConflict);
    CHECK(world.clock().now() >= lag_ends);
    CHECK(world.has_group(kId));
    CHECK(world.group(kId).deployments == before.deployments);
  }
}

TEST_CASE("resize: a stopped environment gets other sizes whether or not Azure updates stopped groups") {
  for (bool updates : {true, false}) {
    CAPTURE(updates);
    emulator::EmulatorOptions options;
    options.update_stopped_groups = updates;
    World world(options);
    auto agent = world.agent();
    create(world, *agent);
    stop(world, *agent);
    const auto files = world.share(kId).incarnation;
    StartRequest request = start_request();
    request.changes.cpu_cores = 4;
    auto started = agent->start(std::move(request));
    const auto& outcome = world.finish(started);
    REQUIRE_MESSAGE(outcome.ok(), outcome.error().message);
    CHECK(outcome->environment.cpu_cores == 4);
    CHECK(world.group(kId).cpu == 4);
    CHECK(world.group(kId).state == "Running");
    CHECK(world.share(kId).incarnation == files);
    CHECK(world.count("ContainerGroups_Delete") == (updates ? 0 : 1));
  }
}

TEST_CASE("others' tags and metadata: every start, rename and release keeps them") {
  World world;
  auto agent = world.agent();
  auto tagged = std::make_shared<bool>(false);
  // The agent's own writes pass through a transport that adds them, as Azure Policy does on the way.
  auto with_policy = world.agent(
      tapped(world, [tagged](Tap& tap, const HttpRequest& request, const Transport::Completion& done) {
        const bool put = request.label == "containerGroups.put" && request.method == "PUT";
        const bool share = request.label == "shares.create";
        if (!put && !share) return false;
        HttpRequest changed = request;
        if (put) {
          const auto at = changed.body.find(R"("tags":{)");
          if (at == changed.body.npos) return false;
          if (changed.body.find("costCenter") == changed.body.npos && !*tagged)
            changed.body.insert(at + 8, R"("costCenter":"42","volumes":"two",)");
          *tagged = true;
        }
        tap.pass_later(std::chrono::milliseconds(1), std::move(changed), done);
        return true;
      }));
  const std::string id = "workspace-0002";
  auto made = with_policy->create(create_request(id));
  REQUIRE(world.finish(made).ok());
  REQUIRE(world.group(id).tags["costCenter"] == "42");
  auto stopped = agent->stop({id, ""});
  REQUIRE(world.finish(stopped).ok());
  StartRequest rename;
  rename.id = id;
  rename.changes.name = "Another name";
  auto renamed = agent->start(std::move(rename));
  REQUIRE(world.finish(renamed).ok());
  CHECK(world.group(id).tags["name"] == "Another name");
  CHECK(world.group(id).tags["costCenter"] == "42");
  auto stopped_again = agent->stop({id, ""});
  REQUIRE(world.finish(stopped_again).ok());
  StartRequest with_secrets;
  with_secrets.id = id;
  with_secrets.secrets.github_token = Secret(std::string_view("token"));
  auto redeployed = agent->start(std::move(with_secrets));
  REQUIRE(world.finish(redeployed).ok());
  CHECK(world.group(id).deployments == 3);
  CHECK(world.group(id).tags["costCenter"] == "42");
  CHECK(world.group(id).tags["volumes"] == "two");
}
