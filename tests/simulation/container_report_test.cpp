// What the container of an operation that takes long shows: its last events, and the end of its log.
#include <doctest/doctest.h>

#include <algorithm>

#include "support/world.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;
using emulator::Deployment;
using emulator::Fault;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

const std::string kId = "workspace-0001";
const std::string kGroup = "aci-" + kId;

// Containers come up, and their workspaces never answer.
struct SilentWorkspaces : World {
  SilentWorkspaces() : World(never_answers()) {}
  static emulator::EmulatorOptions never_answers() {
    emulator::EmulatorOptions options;
    options.ide_time = hours(100);
    return options;
  }
  std::unique_ptr<EnvironmentOrchestrator> waiting_agent() {
    AgentTweaks tweaks;
    tweaks.adjust = [](AgentOptions& options) { options.workspace_ready = WorkspaceReady::kHttp; };
    return agent(tweaks);
  }
};

// A create whose container has this secret, once it has come to `stage`.
Operation<EnvironmentOutcome> create_until(World& world, EnvironmentOrchestrator& agent, Stage stage) {
  CreateRequest request = create_request(kId);
  request.secrets.github_token = Secret("canary-plain");
  auto create = agent.create(std::move(request));
  REQUIRE(world.clock().run_until([&] { return create.progress().stage == stage; }));
  return create;
}

bool has_event(const ContainerReport& report, std::string_view name) {
  return std::any_of(report.events.begin(), report.events.end(),
                     [&](const ErrorEvent& event) { return event.name == name && event.time; });
}

}  // namespace

TEST_CASE("container report: the last events and log lines of a create that waits, masked") {
  SilentWorkspaces world;
  auto agent = world.waiting_agent();
  auto create = create_until(world, *agent, Stage::kWaitingForIde);
  std::string lines;
  for (int i = 10; i < 40; ++i) lines += "line " + std::to_string(i) + "\n";
  REQUIRE(world.azure().write_log(kGroup, lines + "token canary-plain, password=hunter22\n"));
  const int groups = world.count("ContainerGroups_Get");
  auto asked = agent->report_container({kId, ""});
  const auto& report = world.finish(asked);
  REQUIRE(report.ok());
  CHECK(has_event(*report, "Started"));
  CHECK(report->events.size() <= 5);
  CHECK(report->log_tail.ends_with("line 39\ntoken ***, password=***\n"));
  CHECK(std::count(report->log_tail.begin(), report->log_tail.end(), '\n') == 20);
  CHECK(world.count("Containers_ListLogs") == 1);
  CHECK(world.count("ContainerGroups_Get") <= groups + 2);  // one of the create's own
  CHECK_FALSE(create.done());
}

TEST_CASE("container report: no log is asked for of a container that has not started") {
  World world;
  world.azure().set_location("eastus", Deployment::kNeverReady);
  auto agent = world.agent();
  auto create = create_until(world, *agent, Stage::kProvisioning);
  world.clock().advance(seconds(60));
  auto asked = agent->report_container({kId, ""});
  const auto& report = world.finish(asked);
  REQUIRE(report.ok());
  CHECK(has_event(*report, "Pulling"));
  CHECK(report->log_tail.empty());
  CHECK(world.count("Containers_ListLogs") == 0);
}

TEST_CASE("container report: a log that cannot be read is left out, within the time") {
  for (const Fault& fault : {Fault{Fault::kHang, 0, ""}, Fault{Fault::kStatus, 503, "ServerBusy", "60"}}) {
    CAPTURE(fault.kind);
    SilentWorkspaces world;
    auto agent = world.waiting_agent();
    auto create = create_until(world, *agent, Stage::kWaitingForIde);
    REQUIRE(world.azure().write_log(kGroup, "a line\n"));
    world.azure().set_fault_script([fault](const HttpRequest& request, std::uint64_t) {
      return request.label == "containers.logs" ? fault : Fault{};
    });
    const TimePoint begun = world.clock().now();
    auto asked = agent->report_container({kId, ""}, {.timeout = milliseconds(2000)});
    const auto& report = world.finish(asked);
    REQUIRE(report.ok());
    CHECK(has_event(*report, "Started"));
    CHECK(report->log_tail.empty());
    CHECK(world.clock().now() - begun <= milliseconds(2000));
    CHECK(world.count("Containers_ListLogs") <= 1);
  }
}

TEST_CASE("container report: what is not there, and what is another user's") {
  SilentWorkspaces world;
  auto agent = world.waiting_agent();
  auto nothing = agent->report_container({kId, ""});
  CHECK(world.finish(nothing).error().code == ErrorCode::kNotFound);
  auto create = create_until(world, *agent, Stage::kWaitingForIde);
  auto other = agent->report_container({kId, ""}, {.only_user = "user-2"});
  CHECK(world.finish(other).error().code == ErrorCode::kNotFound);
  auto own = agent->report_container({kId, ""}, {.only_user = "user-1"});
  CHECK(world.finish(own).ok());
  CHECK(world.count("Containers_ListLogs") == 1);
}
