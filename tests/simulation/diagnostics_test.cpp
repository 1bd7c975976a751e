// What a failed create or start tells of its container: Azure's request, the last events, the end of the log.
#include <doctest/doctest.h>

#include <algorithm>

#include "support/tap.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;
using emulator::Deployment;
using emulator::Fault;
using std::chrono::seconds;

namespace {

const std::string kId = "workspace-0001";

// The error of a create in a location where `outcome` is what happens, and how long it took.
struct Failed {
  Error error;
  std::chrono::nanoseconds took{0};
};

Failed failed_create(World& world, Deployment outcome, emulator::FaultScript faults = nullptr) {
  auto agent = world.agent();
  world.azure().set_location("eastus", outcome);
  world.azure().set_fault_script(std::move(faults));
  CreateRequest request = create_request(kId);
  request.secrets.github_token = Secret("canary-github-token");
  const TimePoint begun = world.clock().now();
  auto operation = agent->create(std::move(request));
  const auto& result = world.finish(operation);
  REQUIRE_FALSE(result.ok());
  CHECK_FALSE(world.has_group(kId));
  return {result.error(), world.clock().now() - begun};
}

emulator::FaultScript on_logs(Fault fault) {
  return [fault](const HttpRequest& request, std::uint64_t) {
    return request.label == "containers.logs" ? fault : Fault{};
  };
}

bool has_event(const Error& error, std::string_view name) {
  return std::any_of(error.events.begin(), error.events.end(),
                     [&](const ErrorEvent& event) { return event.name == name && event.time; });
}

}  // namespace

TEST_CASE("diagnostics: a container that crashed") {
  World world;
  const Error error = failed_create(world, Deployment::kCrashLoop).error;
  CHECK(error.code == ErrorCode::kContainerFailed);
  CHECK_FALSE(error.azure_request_id.empty());
  CHECK(has_event(error, "Started"));
  CHECK(error.events.size() <= 5);
  CHECK(error.log_tail.find("GITHUB_TOKEN=***") != std::string::npos);
  CHECK(error.log_tail.find("canary") == std::string::npos);
  CHECK(std::count(error.log_tail.begin(), error.log_tail.end(), '\n') <= 20);
  CHECK(world.count("Containers_ListLogs") == 1);
}

TEST_CASE("diagnostics: no log is asked for of a container that has not started") {
  for (const Deployment outcome : {Deployment::kImagePullBackOff, Deployment::kMountFails}) {
    World world;
    const Error error = failed_create(world, outcome).error;
    CHECK_FALSE(error.events.empty());
    CHECK_FALSE(error.azure_code.empty());
    CHECK_FALSE(error.azure_request_id.empty());
    CHECK(error.log_tail.empty());
    CHECK(world.count("Containers_ListLogs") == 0);
  }
}

TEST_CASE("diagnostics: a deadline tells what the container was waiting for") {
  World world;
  const Error error = failed_create(world, Deployment::kNeverReady).error;
  CHECK(error.code == ErrorCode::kTimeout);
  CHECK_FALSE(error.azure_request_id.empty());
  CHECK(error.log_tail.empty());
}

TEST_CASE("diagnostics: a deadline tells the last events, also of creates that are read by lists") {
  World world;
  world.azure().set_location("eastus", Deployment::kNeverReady);
  auto agent = world.agent();
  std::vector<Operation<EnvironmentOutcome>> creates;
  for (int i = 1; i <= 5; ++i)
    creates.push_back(agent->create(create_request("workspace-000" + std::to_string(i))));
  for (const auto& create : creates) {
    const auto& result = world.finish(create);
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().code == ErrorCode::kTimeout);
    CHECK(has_event(result.error(), "Pulling"));
  }
}

TEST_CASE("diagnostics: a log that cannot be read changes no outcome, and holds nothing up") {
  World well;
  const Failed usual = failed_create(well, Deployment::kCrashLoop);
  for (const Fault& fault :
       {Fault{Fault::kHang, 0, ""}, Fault{Fault::kStatus, 503, "ServerBusy", "60"},
        Fault{Fault::kMalformedBody, 0, ""}, Fault{Fault::kStatus, 429, "TooMany", "60"}}) {
    CAPTURE(fault.kind);
    World world;
    const Failed failed = failed_create(world, Deployment::kCrashLoop, on_logs(fault));
    CHECK(failed.error.code == ErrorCode::kContainerFailed);
    CHECK(failed.error.log_tail.empty());
    CHECK(has_event(failed.error, "Started"));
    CHECK(failed.took <= usual.took + seconds(4));
    CHECK(world.count("Containers_ListLogs") <= 1);
  }
}

TEST_CASE("diagnostics: a long log is masked, and then cut to whole lines of its last 2 KiB") {
  World world;
  world.azure().set_location("eastus", Deployment::kCrashLoop);
  auto agent =
      world.agent(tapped(world, [](Tap& tap, const HttpRequest& request, const Transport::Completion& done) {
        if (request.label != "containers.logs") return false;
        HttpResponse response;
        response.status = 200;
        std::string content;
        for (int i = 10; i < 40; ++i) content += "line " + std::to_string(i) + std::string(193, 'x') + "\\n";
        response.body = R"({"content":")" + content + R"(password=hunter22 and canary-plain\n"})";
        tap.answer(done, std::move(response));
        return true;
      }));
  CreateRequest request = create_request(kId);
  request.secrets.github_token = Secret("canary-plain");
  auto created = agent->create(std::move(request));
  const auto& result = world.finish(created);
  REQUIRE_FALSE(result.ok());
  const std::string& tail = result.error().log_tail;
  CHECK(tail.size() <= 2048);
  CHECK(tail.size() > 1800);
  CHECK(tail.starts_with("line "));
  CHECK(tail.ends_with("password=*** and ***\n"));
}

TEST_CASE("diagnostics: another agent that sees the failure tells the same") {
  World world;
  world.azure().set_location("eastus", Deployment::kImagePullBackOff);
  auto runner = world.agent();
  auto other = world.agent();
  const std::string id = runner->new_operation_id(create_request(kId));
  auto created = runner->create(create_request(kId), {.operation_id = id});
  REQUIRE(world.clock().run_until([&] { return world.has_group(kId); }));
  auto seen = other->observe_operation(
      id, [](const OperationRecord& record) { return record.ended(); }, seconds(300));
  const auto& record = world.finish(seen);
  REQUIRE(record.ok());
  if (record->status == OperationStatus::kFailed) CHECK_FALSE(record->error->events.empty());
  CHECK_FALSE(world.finish(created).ok());
}
