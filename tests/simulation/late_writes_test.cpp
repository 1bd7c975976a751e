// Writes that Azure carries out after their caller has hung up: what a failed call reports and leaves behind.
#include <doctest/doctest.h>

#include "support/tap.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;
using emulator::Deployment;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

const std::string kId = "workspace-0001";

// Azure takes three seconds for requests with this label.
Tap::Hook slow(std::string label) {
  return [label = std::move(label)](Tap& tap, const HttpRequest& request, const Transport::Completion& done) {
    if (request.label != label) return false;
    tap.pass_later(seconds(3), request, done);
    return true;
  };
}

}  // namespace

TEST_CASE("a create that is cancelled in the middle of a PUT leaves nothing") {
  for (const char* label : {"containerGroups.put", "shares.create"}) {
    CAPTURE(label);
    World world;
    auto agent = world.agent(tapped(world, slow(label)));
    auto operation = agent->create(create_request(kId));
    world.clock().advance(milliseconds(1500));
    operation.cancel();
    const auto& cancelled = world.finish(operation);
    REQUIRE_FALSE(cancelled.ok());
    CHECK(cancelled.error().code == ErrorCode::kCancelled);
    world.clock().advance(std::chrono::hours(2));
    CHECK_FALSE(world.has_group(kId));
    CHECK_FALSE(world.has_share(kId));
  }
}

TEST_CASE(
    "an environment of a region that is no longer enabled is neither stopped nor deleted nor taken over") {
  World world;
  AgentTweaks tweaks;
  tweaks.regions = {"eastus", "westeurope"};
  auto one = world.agent(tweaks);
  auto created = one->create(create_request(kId));
  REQUIRE(world.finish(created).ok());
  tweaks.default_region = "westeurope";
  tweaks.adjust = [](AgentOptions& options) { options.regions[0].enabled = false; };
  auto other = world.agent(tweaks);
  auto stopped = other->stop({kId, ""});
  auto removed = other->remove({kId, "", true});
  CreateRequest again = create_request(kId);
  again.cloud_region = "westeurope";
  auto repeated = other->create(std::move(again));
  REQUIRE_FALSE(world.finish(stopped).ok());
  CHECK(stopped.get().error().code == ErrorCode::kConflict);
  CHECK(stopped.get().error().message.find("eastus") != std::string::npos);
  CHECK_FALSE(world.finish(removed).ok());
  CHECK_FALSE(world.finish(repeated).ok());
  CHECK(world.group(kId).state == "Running");
  CHECK(world.has_share(kId));
}

TEST_CASE("a generated password is redacted from the log lines of an error") {
  World world;
  auto agent = world.agent();
  auto created = agent->create(create_request(kId));
  REQUIRE(world.finish(created).ok());
  auto stopped = agent->stop({kId, ""});
  REQUIRE(world.finish(stopped).ok());
  // The emulator's crashing container writes its secrets to its log.
  world.azure().set_location("eastus", Deployment::kCrashLoop);
  StartRequest request;
  request.id = kId;
  request.changes.cpu_cores = 1;
  auto started = agent->start(std::move(request));
  const auto& failed = world.finish(started);
  REQUIRE_FALSE(failed.ok());
  const std::string password = world.group(kId).secure_variables.at("CODE_SERVER_PASSWORD");
  REQUIRE(password.size() >= 16);
  CHECK(failed.error().message.find(password) == std::string::npos);
  CHECK_MESSAGE(failed.error().message.find("CODE_SERVER_PASSWORD=***") != std::string::npos,
                failed.error().message);
}
