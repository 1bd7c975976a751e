// What the public headers promise about calls as such: early cancel(), callbacks that destroy the
// orchestrator, drain(), and failures to make one.
#include <doctest/doctest.h>
#include <sys/resource.h>

#include <future>

#include "support/world.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;

namespace {

const std::string kId = "workspace-0001";

// A world on the machine's clock, with an Azure that answers at once.
struct RealWorld {
  std::shared_ptr<Scheduler> scheduler = make_default_scheduler().value();
  std::unique_ptr<emulator::Emulator> azure;

  RealWorld() {
    emulator::EmulatorOptions options;
    options.provisioning_time = options.start_time = std::chrono::milliseconds(0);
    options.latency = std::chrono::milliseconds(0);
    azure = std::make_unique<emulator::Emulator>(options, scheduler);
  }
  EnvironmentOrchestrator orchestrator() {
    AgentOptions options;
    options.subscription_id = azure->options().subscription_id;
    options.resource_group = azure->options().resource_groups.front();
    options.storage_account = "dev8emulator";
    options.default_region = "eastus";
    options.identity.tenant_id = azure->options().tenant_id;
    options.identity.client_id = azure->options().client_id;
    options.identity.client_secret = Secret(azure->options().client_secret);
    options.credential = make_client_secret_credential(options.identity);
    options.scheduler = scheduler;
    options.transport = azure->make_transport();
    return EnvironmentOrchestrator::make(finalize(std::move(options)).value()).value();
  }
  // Has the loop thread wait until the returned promise is kept.
  std::promise<void> hold_loop() {
    std::promise<void> go;
    scheduler->post([until = go.get_future().share()] { until.wait(); });
    return go;
  }
};

}  // namespace

TEST_CASE("contract: create and cancel at once ends with kCancelled and writes nothing to Azure") {
  for (const std::string& id : {kId, std::string()}) {
    World world;
    auto agent = world.agent();
    const auto operation = agent->create(create_request(id));
    operation.cancel();
    const auto& outcome = world.finish(operation);
    REQUIRE_FALSE(outcome.ok());
    CHECK(outcome.error().code == ErrorCode::kCancelled);
    CHECK(outcome.error().retryable);
    world.clock().advance(std::chrono::minutes(5));
    CHECK(world.azure().calls().empty());
  }
}

TEST_CASE(
    "contract: on the real loop, 100 of 100 creates that are cancelled before they begin send nothing") {
  RealWorld world;
  auto orchestrator = world.orchestrator();
  for (int i = 0; i < 100; ++i) {
    std::promise<void> go = world.hold_loop();
    const auto operation = orchestrator.create(create_request(kId + std::to_string(i)));
    operation.cancel();
    go.set_value();
    const auto& outcome = operation.get();
    REQUIRE_FALSE(outcome.ok());
    CHECK(outcome.error().code == ErrorCode::kCancelled);
  }
  CHECK(world.azure->calls().empty());
}

TEST_CASE("contract: cancel before the loop has begun the operation, whichever it is, sends nothing") {
  RealWorld world;
  auto orchestrator = world.orchestrator();
  std::promise<void> go = world.hold_loop();
  const auto create = orchestrator.create(create_request(kId));
  const auto equal = orchestrator.create(create_request(kId));
  const auto start = orchestrator.start({.id = kId});
  const auto stop = orchestrator.stop({.id = kId});
  const auto remove = orchestrator.remove({.id = kId});
  create.cancel();
  equal.cancel();
  start.cancel();
  stop.cancel();
  remove.cancel();
  go.set_value();
  CHECK(create.get().error().code == ErrorCode::kCancelled);
  CHECK(equal.get().error().code == ErrorCode::kCancelled);
  CHECK(start.get().error().code == ErrorCode::kCancelled);
  CHECK(stop.get().error().code == ErrorCode::kCancelled);
  CHECK(remove.get().error().code == ErrorCode::kCancelled);
  CHECK(world.azure->calls().empty());
}

TEST_CASE(
    "contract: of two equal creates, the one that is cancelled at once leaves the other its environment") {
  for (bool first_leaves : {true, false}) {
    World world;
    auto agent = world.agent();
    const auto first = agent->create(create_request(kId));
    const auto second = agent->create(create_request(kId));
    (first_leaves ? first : second).cancel();
    CHECK(world.finish(first).ok() == !first_leaves);
    CHECK(world.finish(second).ok() == first_leaves);
    CHECK(world.count("ContainerGroups_CreateOrUpdate") == 1);
  }
}

TEST_CASE("contract: on_done may destroy the orchestrator, with other operations in flight") {
  World world;
  auto agent = world.agent();
  const auto create = agent->create(create_request(kId));
  const auto other = agent->create(create_request("workspace-0002"));
  const auto list = agent->list({});
  create.on_done([&](const Result<EnvironmentOutcome>&) { agent.reset(); });
  CHECK(world.finish(create).ok());
  CHECK(agent == nullptr);
  CHECK(other.done());
  CHECK(list.get().ok());
  world.clock().advance(std::chrono::minutes(5));
}

TEST_CASE("contract: on_progress may destroy the orchestrator") {
  World world;
  auto agent = world.agent();
  const auto create = agent->create(create_request(kId));
  create.on_progress([&](const Progress& step) {
    if (step.stage == Stage::kCreatingContainer) agent.reset();
  });
  const auto& outcome = world.finish(create);
  REQUIRE_FALSE(outcome.ok());
  CHECK(outcome.error().code == ErrorCode::kCancelled);
  CHECK(agent == nullptr);
}

TEST_CASE("contract: on_done may destroy the orchestrator on the real loop thread") {
  for (bool fails : {false, true}) {
    RealWorld world;
    auto orchestrator = std::make_unique<EnvironmentOrchestrator>(world.orchestrator());
    std::promise<void> destroyed;
    std::promise<void> go = world.hold_loop();
    CreateRequest request = create_request(kId);
    if (fails) world.azure->reject_credentials(true);
    const auto operation = orchestrator->create(std::move(request));
    operation.on_done([&](const Result<EnvironmentOutcome>& outcome) {
      CHECK(outcome.ok() == !fails);
      orchestrator.reset();
      destroyed.set_value();
    });
    go.set_value();
    destroyed.get_future().wait();
    CHECK(orchestrator == nullptr);
  }
}

TEST_CASE("contract: on_done may call the orchestrator, also when drain() has made it refuse") {
  RealWorld world;
  auto orchestrator = world.orchestrator();
  std::promise<ErrorCode> refused;
  std::promise<void> go = world.hold_loop();
  const auto earlier = orchestrator.get({.id = kId});
  CHECK_FALSE(orchestrator.drain(std::chrono::milliseconds(0)));
  earlier.on_done([&](const Result<Environment>& outcome) {
    CHECK_FALSE(outcome.ok());
    orchestrator.get({.id = kId}).on_done([&](const Result<Environment>& again) {
      refused.set_value(again.error().code);
    });
  });
  go.set_value();
  CHECK(refused.get_future().get() == ErrorCode::kCancelled);
  CHECK(orchestrator.drain(std::chrono::seconds(60)));
}

TEST_CASE("contract: drain() does not refuse what was called before, although the loop has not seen it yet") {
  World world;
  auto agent = world.agent();
  const auto created = agent->create(create_request(kId));
  const auto cancelled = agent->create(create_request("workspace-0002"));
  cancelled.cancel();
  CHECK_FALSE(agent->drain(std::chrono::milliseconds(0)));
  CHECK(agent->get({.id = kId}).get().error().code == ErrorCode::kCancelled);
  CHECK(world.finish(created).ok());
  CHECK(cancelled.done());
  CHECK(agent->drain(std::chrono::milliseconds(0)));
}

TEST_CASE("contract: progress is reported in order and before the outcome") {
  World world;
  auto agent = world.agent();
  const auto create = agent->create(create_request(kId));
  CHECK(create.progress().stage == Stage::kQueued);
  std::vector<Stage> stages;
  create.on_progress([&](const Progress& step) {
    CHECK_FALSE(create.done());
    stages.push_back(step.stage);
  });
  CHECK(world.finish(create).ok());
  CHECK(create.progress().stage == Stage::kDone);
  REQUIRE_FALSE(stages.empty());
  CHECK(stages.front() == Stage::kLocating);
  CHECK(std::find(stages.begin(), stages.end(), Stage::kCreatingContainer) != stages.end());
}

TEST_CASE("contract: an outcome is returned by value from a temporary handle") {
  RealWorld world;
  auto orchestrator = world.orchestrator();
  Result<EnvironmentOutcome> created = orchestrator.create(create_request(kId)).get();
  REQUIRE(created.ok());
  CHECK_FALSE(created->code_server_password.empty());
  const Environment copy = created->environment;
  const Environment shown = orchestrator.get({.id = kId}).get().value();
  CHECK(shown.connection_urls == copy.connection_urls);
  CHECK(orchestrator.get({.id = "workspace-0404"}).get().error().code == ErrorCode::kNotFound);
}

TEST_CASE("contract: a transport or a loop that cannot be made is an error of make()") {
  World world;
  AgentTweaks tweaks;
  tweaks.adjust = [](AgentOptions& options) { options.transport = nullptr; };
  const auto made =
      EnvironmentOrchestrator::make(world.settings(tweaks));  // a virtual scheduler, no transport
  REQUIRE_FALSE(made.ok());
  CHECK(made.error().code == ErrorCode::kInvalidRequest);

  rlimit before{};
  REQUIRE(getrlimit(RLIMIT_NOFILE, &before) == 0);
  rlimit none = before;
  none.rlim_cur = 0;
  REQUIRE(setrlimit(RLIMIT_NOFILE, &none) == 0);
  const auto scheduler = make_default_scheduler();
  REQUIRE(setrlimit(RLIMIT_NOFILE, &before) == 0);
  REQUIRE_FALSE(scheduler.ok());
  CHECK(scheduler.error().code == ErrorCode::kInternal);
}

TEST_CASE("contract: from_environment lists what the environment lacks") {
  unsetenv("AZURE_SUBSCRIPTION_ID");
  const auto made = EnvironmentOrchestrator::from_environment();
  REQUIRE_FALSE(made.ok());
  CHECK(made.error().code == ErrorCode::kInvalidRequest);
  CHECK_FALSE(made.error().fields.empty());
}
