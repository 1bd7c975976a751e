// What an Observer is told of operations and requests, and the User-Agent of every request.
#include <doctest/doctest.h>

#include "dev8agent/version.h"
#include "support/tap.h"
#include "support/world.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;

namespace {

const std::string kId = "workspace-0001";

// Everything that it is told, as text, and the last reports' numbers.
class Recorder final : public Observer {
 public:
  void request_ended(const RequestReport& report) override {
    requests.push_back(
        std::string(report.call) + " " + std::string(report.method) + " " +
        (report.error ? std::string(to_string(*report.error)) : std::to_string(report.status)) +
        (report.azure_code.empty() ? "" : " " + std::string(report.azure_code)));
    if (!report.request_id.empty()) request_ids.emplace_back(report.request_id);
    last = report;
  }
  void operation_began(const OperationReport& report) override {
    numbers.push_back(report.number);
    operations.push_back("began " + text_of(report));
    CHECK(report.duration.count() == 0);
    CHECK(report.error == nullptr);
  }
  void operation_ended(const OperationReport& report) override {
    numbers.push_back(report.number);
    operations.push_back("ended " + text_of(report) + " " +
                         (report.error ? std::string(to_string(report.error->code)) : "well"));
    duration = report.duration;
    begun = report.begun;
  }

  std::vector<std::string> requests, request_ids, operations;
  std::vector<std::uint64_t> numbers;
  std::chrono::nanoseconds duration{0};
  WallTime begun{};
  RequestReport last;  // its views are no longer valid

 private:
  static std::string text_of(const OperationReport& report) {
    return std::string(report.call) + " " + std::string(report.environment_id) + " " +
           std::string(report.request_id);
  }
};

std::unique_ptr<EnvironmentOrchestrator> observed_agent(World& world, std::shared_ptr<Observer> observer) {
  AgentTweaks tweaks;
  tweaks.adjust = [observer](AgentOptions& options) { options.observer = observer; };
  return world.agent(tweaks);
}

}  // namespace

TEST_CASE("observer: an operation begins and ends, and its requests carry its id") {
  emulator::EmulatorOptions azure;
  azure.provisioning_time = std::chrono::seconds(90);
  World world(azure);
  auto recorder = std::make_shared<Recorder>();
  auto agent = observed_agent(world, recorder);
  const WallTime before = world.clock().wall_now();
  const auto created = agent->create(create_request(kId), {.request_id = "request-7"});
  std::vector<std::string> at_end;
  created.on_done([&](const auto&) { at_end = recorder->operations; });
  REQUIRE(world.finish(created).ok());
  CHECK(recorder->operations == std::vector<std::string>{"began create workspace-0001 request-7",
                                                         "ended create workspace-0001 request-7 well"});
  CHECK(at_end == recorder->operations);  // told before the callbacks of the program
  CHECK(recorder->numbers.front() == recorder->numbers.back());
  CHECK(recorder->duration >= std::chrono::seconds(90));
  CHECK(recorder->begun == before);
  const auto count = [&](const std::string& text) {
    return std::count(recorder->requests.begin(), recorder->requests.end(), text);
  };
  CHECK(count("entra.token POST 200") == 1);
  CHECK(count("containerGroups.put PUT 201") == 1);
  CHECK(recorder->request_ids.size() > 3);  // all but the token's and the looks at the container
  for (const std::string& id : recorder->request_ids) CHECK(id == "request-7");
}

TEST_CASE("observer: Azure gets the trace id where a call has one, its roll-back's requests included") {
  World world;
  auto recorder = std::make_shared<Recorder>();
  auto agent = observed_agent(world, recorder);
  world.azure().set_location("", emulator::Deployment::kPolicyRefused);
  std::vector<std::string> sent;
  world.azure().set_fault_script([&sent](const HttpRequest& request, std::uint64_t) {
    const auto id = find_header(request.headers, "x-ms-client-request-id");
    if (request.url.find(kId) != std::string::npos) sent.emplace_back(id.value_or("none"));
    return emulator::Fault{};
  });
  const CallOptions options{.request_id = "00000000-1111-4222-8333-444444444444",
                            .trace_id = "4bf92f3577b34da6a3ce929d0e0e4736"};
  REQUIRE_FALSE(world.finish(agent->create(create_request(kId), options)).ok());
  CHECK(sent.size() > 3);
  for (const std::string& id : sent) CHECK(id == "4bf92f35-77b3-4da6-a3ce-929d0e0e4736");
  for (const std::string& id : recorder->request_ids) CHECK(id == options.request_id);
}

TEST_CASE("observer: failures are told with their code, of Azure and of the operation") {
  World world;
  auto recorder = std::make_shared<Recorder>();
  auto agent = observed_agent(world, recorder);
  world.azure().set_location("", emulator::Deployment::kPolicyRefused);
  REQUIRE_FALSE(world.finish(agent->create(create_request(kId))).ok());
  CHECK(recorder->operations.back() == "ended create workspace-0001  AZURE_REFUSED");
  const auto refused = std::find(recorder->requests.begin(), recorder->requests.end(),
                                 "containerGroups.put PUT 403 RequestDisallowedByPolicy");
  CHECK(refused != recorder->requests.end());

  world.azure().set_fault_script([](const HttpRequest&, std::uint64_t) {
    emulator::Fault fault;
    fault.kind = emulator::Fault::kStatus;
    fault.status = 429;
    fault.retry_after = "7";
    return fault;
  });
  const auto listed = agent->list({}, {.timeout = std::chrono::seconds(5)});
  REQUIRE_FALSE(world.finish(listed).ok());
  CHECK(recorder->last.status == 429);
  CHECK(recorder->last.retry_after == std::chrono::seconds(7));

  world.azure().set_fault_script([](const HttpRequest&, std::uint64_t) {
    emulator::Fault fault;
    fault.kind = emulator::Fault::kRefuseConnection;
    return fault;
  });
  REQUIRE_FALSE(world.finish(agent->list({}, {.timeout = std::chrono::seconds(5)})).ok());
  CHECK(recorder->last.status == 0);
  CHECK(recorder->last.error == ErrorCode::kAzureUnavailable);
}

TEST_CASE("observer: what is refused before it begins is no operation, and what is cut off ends") {
  World world;
  auto recorder = std::make_shared<Recorder>();
  auto agent = observed_agent(world, recorder);
  CHECK_FALSE(world.finish(agent->get({.id = "../x"})).ok());
  CHECK(recorder->operations.empty());
  const auto created = agent->create(create_request(kId));
  REQUIRE(world.clock().run_until([&] { return world.has_share(kId); }));
  agent.reset();
  CHECK(created.get().error().code == ErrorCode::kCancelled);
  CHECK(recorder->operations.back() == "ended create workspace-0001  CANCELLED");
  CHECK(recorder->operations.size() == 2);
}

TEST_CASE("user agent: every request names the program and the library, tokens and files included") {
  World world;
  for (const std::string& program : {std::string("course-tool/1.2"), std::string()}) {
    CAPTURE(program);
    std::vector<std::string> labels;
    AgentTweaks tweaks;
    tweaks.adjust = [&](AgentOptions& options) { options.application_id = program; };
    tweaks.wrap_transport = [&](std::shared_ptr<Transport> azure) -> std::shared_ptr<Transport> {
      return std::make_shared<Tap>(
          azure, world.clock(), [&](Tap&, const HttpRequest& request, const Transport::Completion&) {
            labels.push_back(request.label);
            int times = 0;
            for (const HttpHeader& header : request.headers) {
              if (header.name != "User-Agent") continue;
              ++times;
              const std::string library = "libdev8agent/" + std::string(version());
              CHECK(header.value == (program.empty() ? library : program + " " + library));
            }
            CHECK(times == 1);
            return false;
          });
    };
    auto agent = world.agent(tweaks);
    REQUIRE(world.finish(agent->create(create_request(kId))).ok());
    REQUIRE(world.finish(agent->remove({.id = kId, .force = true})).ok());
    world.clock().advance(std::chrono::minutes(1));
    for (const char* label : {"entra.token", "containerGroups.put", "storageAccounts.listKeys"}) {
      CAPTURE(std::string(label));
      CHECK(std::find(labels.begin(), labels.end(), label) != labels.end());
    }
  }
}
