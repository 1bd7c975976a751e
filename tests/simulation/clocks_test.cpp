// The agent's clock and Azure's differ: what Azure dates is judged by Azure's clock.
#include <doctest/doctest.h>

#include "support/skewed_scheduler.h"
#include "support/tap.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;
using emulator::Deployment;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

const std::string kId = "workspace-0001";

AgentTweaks ahead_by(seconds ahead, AgentTweaks tweaks = {}) {
  tweaks.adjust = [ahead](AgentOptions& options) {
    options.scheduler = std::make_shared<SkewedScheduler>(options.scheduler, ahead);
  };
  return tweaks;
}

StartRequest start_request() {
  StartRequest request;
  request.id = kId;
  return request;
}

}  // namespace

TEST_CASE("a failure that Azure announces is noticed at once, however wrong the agent's clock is") {
  for (int ahead : {-600, 0, 600}) {
    for (Deployment deployment : {Deployment::kMountFails, Deployment::kImagePullBackOff}) {
      CAPTURE(ahead);
      World world;
      auto agent = world.agent(ahead_by(seconds(ahead)));
      world.azure().set_location("eastus", deployment);
      const TimePoint begun = world.clock().now();
      auto operation = agent->create(create_request(kId));
      CHECK_FALSE(world.finish(operation).ok());
      CHECK(world.clock().now() - begun < minutes(3));
      CHECK_FALSE(world.has_group(kId));
      CHECK_FALSE(world.has_share(kId));
    }
  }
}

TEST_CASE("an old failure does not end a start, however wrong the agent's clock is") {
  for (int ahead : {-600, 0, 600}) {
    CAPTURE(ahead);
    World world;
    auto agent = world.agent(ahead_by(seconds(ahead)));
    auto create = agent->create(create_request(kId));
    REQUIRE(world.finish(create).ok());
    auto stop = agent->stop({kId, ""});
    REQUIRE(world.finish(stop).ok());
    world.azure().set_location("eastus", Deployment::kNoCapacityAsync);
    auto failed = agent->start(start_request());
    REQUIRE_FALSE(world.finish(failed).ok());
    world.azure().set_location("eastus", Deployment::kWorks);
    auto again = agent->start(start_request());
    const auto& started = world.finish(again);
    CHECK_MESSAGE(started.ok(), (started.ok() ? "" : started.error().message));
  }
}

TEST_CASE("a container that has been restarted once counts as up after half a minute of Azure's time") {
  for (int ahead : {-600, 0, 600}) {
    CAPTURE(ahead);
    World world;
    // Azure shows that the container was restarted once before it stayed up.
    AgentTweaks tweaks =
        tapped(world, [](Tap& tap, const HttpRequest& request, const Transport::Completion& done) {
          if (request.label != "containerGroups.get") return false;
          tap.pass_later(std::chrono::milliseconds(0), request, [done](Result<HttpResponse> answer) {
            const std::string none = "\"restartCount\":0";
            if (answer.ok() && answer->body.find(none) != std::string::npos)
              answer->body.replace(answer->body.find(none), none.size(), "\"restartCount\":1");
            done(std::move(answer));
          });
          return true;
        });
    auto agent = world.agent(ahead_by(seconds(ahead), std::move(tweaks)));
    auto create = agent->create(create_request(kId));
    const TimePoint begun = world.clock().now();
    REQUIRE(world.finish(create).ok());
    const auto up = begun + world.azure().options().provisioning_time;
    CHECK(world.clock().now() - up >= seconds(29));
    CHECK(world.clock().now() - up < minutes(2));
  }
}

TEST_CASE("a Retry-After date is read against the answer's own Date") {
  for (int ahead : {-600, 600}) {
    CAPTURE(ahead);
    World world;
    TimePoint throttled{};
    TimePoint repeated{};
    AgentTweaks tweaks =
        tapped(world, [&](Tap& tap, const HttpRequest& request, const Transport::Completion& done) {
          if (request.label != "containerGroups.put") return false;
          if (throttled != TimePoint{}) {
            if (repeated == TimePoint{}) repeated = world.clock().now();
            return false;
          }
          throttled = world.clock().now();
          tap.answer(
              done, 429, "TooManyRequests",
              {{"Date", "Thu, 15 Jan 2026 08:30:00 GMT"}, {"Retry-After", "Thu, 15 Jan 2026 08:30:30 GMT"}});
          return true;
        });
    auto agent = world.agent(ahead_by(seconds(ahead), std::move(tweaks)));
    auto operation = agent->create(create_request(kId));
    REQUIRE(world.finish(operation).ok());
    CHECK(repeated - throttled >= seconds(30));
    CHECK(repeated - throttled < seconds(31));
  }
}
