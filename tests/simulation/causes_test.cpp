// What an operation tells of its latest failure while others read or fetch for it, and while it rolls back.
#include <doctest/doctest.h>

#include "support/tap.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

const std::string kId = "workspace-0001";

emulator::EmulatorOptions slow_azure() {
  emulator::EmulatorOptions options;
  options.provisioning_time = seconds(600);
  return options;
}

// Azure's code of the failure that `operation` tells; empty when it tells none.
std::string told(const Operation<EnvironmentOutcome>& operation) {
  const auto failure = operation.last_failure();
  return failure ? failure->azure_code : "";
}

}  // namespace

TEST_CASE("an operation tells what fails while the watcher reads for it") {
  World world(slow_azure());
  auto fails = std::make_shared<bool>(false);
  auto agent = world.agent(
      tapped(world, [fails](Tap& tap, const HttpRequest& request, const Transport::Completion& done) {
        if (!*fails || request.method != "GET") return false;
        tap.answer(done, 503, "ServerBusy");
        return true;
      }));
  auto operation = agent->create(create_request(kId));
  REQUIRE(world.clock().run_until([&] { return world.has_group(kId); }));
  CHECK(told(operation).empty());
  *fails = true;
  CHECK(world.clock().run_until([&] { return told(operation) == "ServerBusy"; }));
  const auto& ended = world.finish(operation);
  REQUIRE_FALSE(ended.ok());
  CHECK(ended.error().message.find("ServerBusy") != std::string::npos);
}

TEST_CASE("an operation tells what fails while it rolls back") {
  World world;
  world.azure().set_location("eastus", emulator::Deployment::kPolicyRefused);
  auto agent =
      world.agent(tapped(world, [](Tap& tap, const HttpRequest& request, const Transport::Completion& done) {
        if (request.label != "shares.delete") return false;
        tap.answer(done, 503, "ServerBusy");
        return true;
      }));
  auto operation = agent->create(create_request(kId));
  CHECK(world.clock().run_until([&] { return told(operation) == "ServerBusy"; }));
  CHECK(world.finish(operation).error().code == ErrorCode::kAzureRefused);
}

TEST_CASE("a delete of a group that stays is repeated after growing waits, one of a share is believed") {
  World world;
  // Azure accepts the first three deletes of the group and does nothing.
  auto sent = std::make_shared<std::vector<TimePoint>>();
  auto agent = world.agent(
      tapped(world, [&world, sent](Tap& tap, const HttpRequest& request, const Transport::Completion& done) {
        if (request.label != "containerGroups.delete") return false;
        sent->push_back(world.clock().now());
        if (sent->size() > 3) return false;
        tap.answer(done, HttpResponse{200, {}, ""});
        return true;
      }));
  auto created = agent->create(create_request(kId));
  REQUIRE(world.finish(created).ok());
  auto deleted = agent->remove({kId, "", true});
  CHECK(world.finish(deleted).ok());
  REQUIRE(sent->size() == 4);
  CHECK((*sent)[1] - (*sent)[0] < seconds(3));
  CHECK((*sent)[3] - (*sent)[2] < seconds(8));
  CHECK(world.count("Share_Delete") == 1);
  CHECK_FALSE(world.has_share(kId));
}
