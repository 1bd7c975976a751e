// Regions with their quotas, and creates that are refused before anything is made.
#include <doctest/doctest.h>

#include "support/tap.h"
#include "support/two_regions.h"

using namespace dev8agent;
using namespace dev8agent::test;
using std::chrono::seconds;

namespace {

const std::string kId = "workspace-0001";
const std::string kUsages = "Location_ListUsage";
const std::string kPut = "ContainerGroups_CreateOrUpdate";

const Error& error_of(World& world, const Operation<EnvironmentOutcome>& operation) {
  const auto& ended = world.finish(operation);
  REQUIRE_FALSE(ended.ok());
  return ended.error();
}

std::vector<Region> regions_of(World& world, EnvironmentOrchestrator& agent) {
  auto operation = agent.regions();
  const auto& regions = world.finish(operation);
  REQUIRE_MESSAGE(regions.ok(), regions.error().message);
  return *regions;
}

// Answers every question about usages with this status.
Tap::Hook refuse_usages(int status, const std::string& code) {
  return [status, code](Tap& tap, const HttpRequest& request, const Transport::Completion& done) {
    if (request.label != "location.usages") return false;
    tap.answer(done, status, code);
    return true;
  };
}

// Never answers such a question: it ends at its deadline, as with the real transport.
Tap::Hook swallow_usages(World& world) {
  return [&world](Tap&, const HttpRequest& request, const Transport::Completion& done) {
    if (request.label != "location.usages") return false;
    world.clock().call_at(request.deadline, [done] {
      Error error;
      error.code = ErrorCode::kTimeout;
      error.message = "no answer";
      error.request_sent = true;
      done(error);
    });
    return true;
  };
}

}  // namespace

TEST_CASE("regions show what Azure tells of each, and say which is full") {
  World world(two_accounts());
  AgentTweaks tweaks = both_regions();
  tweaks.adjust = [](AgentOptions& options) {
    options.regions.push_back({.name = "northeurope", .enabled = false});
  };
  auto agent = world.agent(std::move(tweaks));
  world.azure().set_core_quota("westeurope", 0);
  auto created = agent->create(create_in(kId, "eastus"));
  REQUIRE(world.finish(created).ok());
  world.clock().advance(seconds(61));

  const auto regions = regions_of(world, *agent);
  REQUIRE(regions.size() == 3);
  CHECK(regions[0].name == "eastus");
  CHECK(regions[0].is_default);
  CHECK(regions[0].status == RegionStatus::kAvailable);
  CHECK(regions[0].container_groups == QuotaUsage{1, 100});
  CHECK(regions[0].cores == QuotaUsage{2, 100});
  CHECK(regions[0].max_cpu_cores == 31);
  CHECK(regions[0].max_memory_gb == 240);
  CHECK(regions[0].creates_left == 99);
  CHECK(regions[0].observed_at.has_value());
  CHECK(regions[0].detail.empty());
  CHECK(regions[1].name == "westeurope");
  CHECK_FALSE(regions[1].is_default);
  CHECK(regions[1].status == RegionStatus::kFull);
  CHECK(regions[1].detail.find("0 of 0 cores") != std::string::npos);
  CHECK_FALSE(regions[1].creates_left);
  CHECK(regions[2].status == RegionStatus::kDisabled);
  CHECK_FALSE(regions[2].cores);

  // What Azure told of creates counts for the five minutes that it was about.
  world.clock().advance(seconds(300));
  CHECK_FALSE(regions_of(world, *agent)[0].creates_left);
}

TEST_CASE("equal questions about regions are asked once, and again after a minute") {
  World world;
  auto agent = world.agent();
  auto first = agent->regions();
  auto second = agent->regions();
  REQUIRE(world.finish(first).ok());
  REQUIRE(world.finish(second).ok());
  CHECK(world.count(kUsages) == 1);
  world.clock().advance(seconds(50));
  regions_of(world, *agent);
  CHECK(world.count(kUsages) == 1);
  world.clock().advance(seconds(11));
  regions_of(world, *agent);
  CHECK(world.count(kUsages) == 2);
  CHECK(world.count("Location_ListCapabilities") == 1);
}

TEST_CASE("a region that Azure tells nothing of is unknown, and is asked anew soon") {
  World world;
  auto refused = std::make_shared<bool>(true);
  auto agent = world.agent(
      tapped(world, [refused](Tap& tap, const HttpRequest& request, const Transport::Completion& done) {
        if (!*refused || request.label != "location.usages") return false;
        tap.answer(done, 403, "AuthorizationFailed");
        return true;
      }));
  const auto regions = regions_of(world, *agent);
  CHECK(regions[0].status == RegionStatus::kUnknown);
  CHECK(regions[0].detail.find("as the test says") != std::string::npos);
  CHECK_FALSE(regions[0].observed_at);
  *refused = false;
  world.clock().advance(seconds(6));
  CHECK(regions_of(world, *agent)[0].status == RegionStatus::kAvailable);
}

TEST_CASE("a create in a full region is refused with the figures before anything is made") {
  World world;
  auto agent = world.agent();
  world.azure().set_core_quota("eastus", 1);
  auto create = agent->create(create_request(kId));
  const Error& error = error_of(world, create);
  CHECK(error.code == ErrorCode::kQuotaExceeded);
  CHECK(error.message.find("0 of 1 cores") != std::string::npos);
  CHECK(world.count(kPut) == 0);
  CHECK(world.count("Share_Create") == 0);
  CHECK(world.azure().shares().empty());
}

TEST_CASE("auto goes to the next region without a PUT in the full one") {
  World world(two_accounts());
  auto agent = world.agent(both_regions());
  world.azure().set_core_quota("eastus", 1);
  auto create = agent->create(create_in(kId, "auto"));
  const auto& created = world.finish(create);
  REQUIRE_MESSAGE(created.ok(), created.error().message);
  CHECK(created->environment.cloud_region == "westeurope");
  CHECK(world.count(kPut) == 1);
}

TEST_CASE("a refusal rests on a question of the same call: freed quota counts at once") {
  World world;
  auto agent = world.agent();
  world.azure().set_core_quota("eastus", 1);
  auto refused = agent->create(create_request(kId));
  CHECK(error_of(world, refused).code == ErrorCode::kQuotaExceeded);
  world.azure().set_core_quota("eastus", 2);
  auto create = agent->create(create_request(kId));
  CHECK(world.finish(create).ok());
  CHECK(world.count(kUsages) == 2);
}

TEST_CASE("creates of one minute share a question, and count what they have made") {
  World world;
  auto agent = world.agent();
  world.azure().set_core_quota("eastus", 4);
  for (const char* id : {"workspace-0001", "workspace-0002"}) {
    auto create = agent->create(create_request(id));
    REQUIRE(world.finish(create).ok());
  }
  CHECK(world.count(kUsages) == 1);
  auto third = agent->create(create_request("workspace-0003"));
  CHECK(error_of(world, third).code == ErrorCode::kQuotaExceeded);
  CHECK(world.count(kUsages) == 2);
  CHECK(world.count(kPut) == 2);
}

TEST_CASE("an existing environment is no new group: a repeat and a start need no room for one") {
  World world;
  auto agent = world.agent();
  auto create = agent->create(create_request(kId));
  REQUIRE(world.finish(create).ok());
  world.azure().set_core_quota("eastus", 0);
  world.clock().advance(seconds(61));
  auto repeat = agent->create(create_request(kId));
  const auto& repeated = world.finish(repeat);
  REQUIRE_MESSAGE(repeated.ok(), repeated.error().message);
  CHECK_FALSE(repeated->changed);
}

TEST_CASE("what is not known refuses nothing") {
  struct Row {
    int status;
    const char* code;
  };
  for (const Row& row : {Row{403, "AuthorizationFailed"}, Row{404, "InvalidResourceType"},
                         Row{429, "TooManyRequests"}, Row{500, "InternalServerError"}}) {
    CAPTURE(row.status);
    World world;
    auto agent = world.agent(tapped(world, refuse_usages(row.status, row.code)));
    auto create = agent->create(create_request(kId));
    const auto& created = world.finish(create);
    CHECK_MESSAGE(created.ok(), created.error().message);
  }
}

TEST_CASE("a question that Azure does not answer holds a create up by seconds at most") {
  World world;
  auto agent = world.agent(tapped(world, swallow_usages(world)));
  const auto begun_at = world.clock().now();
  auto create = agent->create(create_request(kId));
  REQUIRE(world.finish(create).ok());
  const auto first = world.clock().now() - begun_at;
  // The next one does not wait again.
  const auto again_at = world.clock().now();
  auto next = agent->create(create_request("workspace-0002"));
  REQUIRE(world.finish(next).ok());
  CHECK(first - (world.clock().now() - again_at) < seconds(5));
  CHECK(first - (world.clock().now() - again_at) > seconds(1));
}

TEST_CASE("a caller that leaves while the quota is asked ends the create") {
  World world;
  auto agent = world.agent(tapped(world, swallow_usages(world)));
  auto create = agent->create(create_request(kId));
  world.clock().advance(seconds(1));
  create.cancel();
  CHECK(error_of(world, create).code == ErrorCode::kCancelled);
  CHECK(world.count("Share_Create") == 0);
}
