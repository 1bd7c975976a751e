// Operations that another process follows from what Azure shows, and what an operation tells of itself.
#include <doctest/doctest.h>

#include "dev8agent/wire.h"
#include "support/two_regions.h"
#include "support/world.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

const std::string kId = "workspace-0001";

emulator::EmulatorOptions slow_azure() {
  emulator::EmulatorOptions options;
  options.provisioning_time = seconds(30);
  return options;
}

OperationRecord look(World& world, EnvironmentOrchestrator& agent, const std::string& id) {
  auto operation = agent.observe_operation(id);
  const auto& record = world.finish(operation);
  REQUIRE_MESSAGE(record.ok(), record.error().message);
  return *record;
}

std::string status_of(World& world, EnvironmentOrchestrator& agent, const std::string& id) {
  return std::string(to_string(look(world, agent, id).status));
}

emulator::Fault refusal(int status, std::string code, std::string retry_after) {
  emulator::Fault fault;
  fault.kind = emulator::Fault::kStatus;
  fault.status = status;
  fault.code = std::move(code);
  fault.retry_after = std::move(retry_after);
  return fault;
}

void make(World& world, EnvironmentOrchestrator& agent) {
  auto created = agent.create(create_request(kId));
  REQUIRE(world.finish(created).ok());
}

}  // namespace

TEST_CASE("another process follows a create from beginning to end") {
  World world(slow_azure());
  auto runner = world.agent();
  auto other = world.agent();
  const std::string id = runner->new_operation_id(create_request(kId));
  CHECK(look(world, *other, id).progress.stage == Stage::kQueued);
  auto created = runner->create(create_request(kId), {.operation_id = id});
  REQUIRE(world.clock().run_until([&] { return world.has_group(kId); }));
  const OperationRecord running = look(world, *other, id);
  CHECK(running.status == OperationStatus::kRunning);
  CHECK(running.progress.stage == Stage::kProvisioning);
  CHECK(running.about.kind == OperationKind::kCreate);
  REQUIRE(world.finish(created).ok());
  const OperationRecord ended = look(world, *other, id);
  CHECK(ended.status == OperationStatus::kSucceeded);
  REQUIRE(ended.environment);
  CHECK(ended.environment->status == EnvironmentStatus::kRunning);
}

TEST_CASE("waiting for another process's operation ends when it ends, changes, or the wait is over") {
  World world(slow_azure());
  auto runner = world.agent();
  auto other = world.agent();
  const std::string id = runner->new_operation_id(create_request(kId));
  auto created = runner->create(create_request(kId), {.operation_id = id});
  auto to_end = other->observe_operation(id, nullptr, minutes(1));
  auto change = other->observe_operation(
      id, [](const OperationRecord& record) { return record.progress.stage == Stage::kProvisioning; },
      minutes(1));
  auto never = other->observe_operation(
      id, [](const OperationRecord&) { return false; }, seconds(12));
  CHECK(world.finish(change)->progress.stage == Stage::kProvisioning);
  CHECK_FALSE(never.done());
  CHECK(world.finish(never)->status == OperationStatus::kRunning);
  CHECK_FALSE(to_end.done());
  CHECK(world.finish(to_end)->status == OperationStatus::kSucceeded);
  REQUIRE(world.finish(created).ok());
}

TEST_CASE("a stop or start leaves no mark: another process is sure when reads no longer show the past") {
  World world;
  auto runner = world.agent();
  auto other = world.agent();
  make(world, *runner);
  const std::string stop = runner->new_operation_id(StopRequest{kId, ""});
  auto stopped = runner->stop({kId, ""}, {.operation_id = stop});
  REQUIRE(world.finish(stopped).ok());
  CHECK(status_of(world, *other, stop) == "RUNNING");
  world.clock().advance(seconds(61));
  const OperationRecord record = look(world, *other, stop);
  CHECK(record.status == OperationStatus::kSucceeded);
  CHECK(record.environment->status == EnvironmentStatus::kStopped);
}

TEST_CASE("a delete is known when absence is confirmed; of one that never ran, the bound") {
  World world;
  auto runner = world.agent();
  auto other = world.agent();
  make(world, *runner);
  const std::string id = runner->new_operation_id(DeleteRequest{kId, "", true});
  const std::string idle = runner->new_operation_id(StopRequest{kId, ""});
  CHECK(status_of(world, *other, id) == "RUNNING");
  auto removed = runner->remove({kId, "", true}, {.operation_id = id});
  REQUIRE(world.finish(removed).ok());
  const OperationRecord record = look(world, *other, id);
  CHECK(record.status == OperationStatus::kSucceeded);
  CHECK_FALSE(record.environment);
  CHECK(status_of(world, *other, idle) == "RUNNING");
  world.clock().advance(minutes(15));
  CHECK(status_of(world, *other, idle) == "INTERRUPTED");
}

TEST_CASE("a start that was followed by a stop or a delete is known before its time is over") {
  World world;
  auto runner = world.agent();
  auto other = world.agent();
  make(world, *runner);
  const auto stop = [&] {
    auto stopped = runner->stop({kId, ""});
    REQUIRE(world.finish(stopped).ok());
  };
  stop();
  world.clock().advance(seconds(61));
  StartRequest request;
  request.id = kId;
  const std::string id = runner->new_operation_id(request);
  CHECK(status_of(world, *other, id) == "RUNNING");  // what ran before it does not count
  auto started = runner->start(std::move(request), {.operation_id = id});
  REQUIRE(world.finish(started).ok());
  stop();
  CHECK(status_of(world, *other, id) == "RUNNING");
  world.clock().advance(seconds(61));
  CHECK(status_of(world, *other, id) == "SUCCEEDED");
  auto removed = runner->remove({kId, "", true});
  REQUIRE(world.finish(removed).ok());
  const OperationRecord record = look(world, *other, id);
  CHECK(record.status == OperationStatus::kInterrupted);
  CHECK(record.error->message.find("the environment is gone") != std::string::npos);
}

TEST_CASE("a start with new secrets that was followed by a stop is known by its own container") {
  for (const bool waits : {false, true}) {
    CAPTURE(waits);
    World world;
    AgentTweaks tweaks;
    tweaks.adjust = [waits](AgentOptions& options) {
      if (waits) options.workspace_ready = WorkspaceReady::kHttp;
    };
    auto runner = world.agent(tweaks);
    auto other = world.agent(tweaks);
    make(world, *runner);
    const auto stop = [&] {
      auto stopped = runner->stop({kId, ""});
      REQUIRE(world.finish(stopped).ok());
    };
    stop();
    StartRequest request;
    request.id = kId;
    request.secrets.github_token = Secret("token");
    const std::string id = runner->new_operation_id(request);
    auto started = runner->start(std::move(request), {.operation_id = id});
    REQUIRE(world.finish(started).ok());
    stop();
    CHECK(status_of(world, *other, id) == "RUNNING");
    world.clock().advance(seconds(61));
    // Where the workspace has to answer, nothing shows whether it did.
    CHECK(status_of(world, *other, id) == (waits ? "INTERRUPTED" : "SUCCEEDED"));
  }
}

TEST_CASE("a stop that was followed by a start is known, one that was followed by a restart is not") {
  for (const bool restarted : {false, true}) {
    CAPTURE(restarted);
    World world;
    auto runner = world.agent();
    auto other = world.agent();
    make(world, *runner);
    world.clock().advance(minutes(2));
    const std::string id = runner->new_operation_id(StopRequest{kId, ""});
    if (!restarted) {
      auto stopped = runner->stop({kId, ""}, {.operation_id = id});
      REQUIRE(world.finish(stopped).ok());
    }
    CHECK(status_of(world, *other, id) == "RUNNING");
    world.clock().advance(seconds(61));
    if (restarted) {
      auto again = runner->restart({kId, ""});
      REQUIRE(world.finish(again).ok());
      world.clock().advance(minutes(2));
      CHECK(status_of(world, *other, id) == "RUNNING");
      continue;
    }
    auto started = runner->start({.id = kId});
    REQUIRE(world.finish(started).ok());
    const OperationRecord record = look(world, *other, id);
    CHECK(record.status == OperationStatus::kSucceeded);
    REQUIRE(record.environment);
    CHECK(record.environment->status == EnvironmentStatus::kRunning);
  }
}

TEST_CASE("a delete that was followed by a create is known when the new environment stays") {
  World world;
  auto runner = world.agent();
  auto other = world.agent();
  make(world, *runner);
  world.clock().advance(minutes(2));
  const std::string lost = runner->new_operation_id(DeleteRequest{kId, "", false});  // never run
  const std::string id = runner->new_operation_id(DeleteRequest{kId, "", true});
  auto removed = runner->remove({kId, "", true}, {.operation_id = id});
  REQUIRE(world.finish(removed).ok());
  world.clock().advance(seconds(60));
  make(world, *runner);
  CHECK(status_of(world, *other, id) == "RUNNING");
  world.clock().advance(seconds(60));
  const OperationRecord record = look(world, *other, id);
  CHECK(record.status == OperationStatus::kSucceeded);
  CHECK(record.updated_at >= runner->read_operation_id(id)->created_at + seconds(60));
  CHECK_FALSE(record.environment);                       // what is there is another one
  CHECK(status_of(world, *other, lost) == "SUCCEEDED");  // what it was asked to delete is gone
  const std::string next = runner->new_operation_id(DeleteRequest{kId, "", false});
  world.clock().advance(minutes(2));
  CHECK(status_of(world, *other, next) == "RUNNING");
}

TEST_CASE("another process tells when the end became known, not when the operation was asked for") {
  World world;
  auto runner = world.agent();
  AgentTweaks tweaks;
  tweaks.adjust = [](AgentOptions& options) {
    options.operation_timeout = seconds(100);
    options.rollback_timeout = seconds(10);
  };
  auto other = world.agent(tweaks);
  const std::string lost = runner->new_operation_id(create_request(kId));  // never run
  const WallTime asked = runner->read_operation_id(lost)->created_at;
  CHECK(look(world, *other, lost).updated_at == asked);
  world.clock().advance(minutes(5));
  const OperationRecord record = look(world, *other, lost);
  CHECK(record.status == OperationStatus::kInterrupted);
  CHECK(record.updated_at == asked + seconds(110));
  const std::string id = runner->new_operation_id(DeleteRequest{kId, "", true});
  const OperationRecord gone = look(world, *other, id);
  CHECK(gone.status == OperationStatus::kSucceeded);
  CHECK(gone.updated_at > runner->read_operation_id(id)->created_at);
}

TEST_CASE("an operation tells Azure's own id of the answer that decided it") {
  World world(slow_azure());
  std::string last;
  AgentTweaks tweaks;
  tweaks.logger = [&](const LogRecord& record) {
    const bool decides = record.event == "azure.call" && record.fields.front().value != "entra.token";
    for (const LogField& field : record.fields)
      if (decides && field.name == "azureRequestId") last = field.value;
  };
  auto agent = world.agent(tweaks);
  auto created = agent->create(create_request(kId));
  auto beside = agent->create(create_request("workspace-0002"));
  auto joined = agent->create(create_request(kId));
  CHECK(created.azure_request_id().empty());
  REQUIRE(world.finish(created).ok());
  CHECK_FALSE(last.empty());
  CHECK(created.azure_request_id() == last);
  REQUIRE(world.finish(joined).ok());
  CHECK(joined.azure_request_id() == created.azure_request_id());
  REQUIRE(world.finish(beside).ok());
  CHECK_FALSE(beside.azure_request_id().empty());
  CHECK(beside.azure_request_id() != created.azure_request_id());
  auto stopped = agent->stop({kId, ""});
  REQUIRE(world.finish(stopped).ok());
  CHECK(stopped.azure_request_id() == last);
  auto list = agent->list({});
  auto same_list = agent->list({});
  REQUIRE(world.finish(list).ok());
  REQUIRE(world.finish(same_list).ok());
  CHECK_FALSE(list.azure_request_id().empty());
  CHECK_FALSE(same_list.azure_request_id().empty());
}

TEST_CASE("a failure has the id of the answer before its roll-back") {
  World world;
  world.azure().set_fault_script([&](const HttpRequest& request, std::uint64_t) {
    return request.label == "containerGroups.put" ? refusal(400, "InvalidImage", "") : emulator::Fault();
  });
  std::string of_put;
  AgentTweaks tweaks;
  tweaks.logger = [&](const LogRecord& record) {
    const bool put = record.event == "azure.call" && record.fields.front().value == "containerGroups.put";
    for (const LogField& field : record.fields)
      if (put && field.name == "azureRequestId") of_put = field.value;
  };
  auto agent = world.agent(tweaks);
  auto created = agent->create(create_request(kId));
  CHECK_FALSE(world.finish(created).ok());
  CHECK_FALSE(of_put.empty());
  CHECK(created.azure_request_id() == of_put);
}

TEST_CASE("a start with new secrets is known by the mark of its own container") {
  World world;
  auto runner = world.agent();
  auto other = world.agent();
  make(world, *runner);
  auto stopped = runner->stop({kId, ""});
  REQUIRE(world.finish(stopped).ok());
  StartRequest request;
  request.id = kId;
  request.secrets.github_token = Secret("token");
  const std::string lost = runner->new_operation_id(request);  // never run
  const std::string id = runner->new_operation_id(request);
  auto started = runner->start(std::move(request), {.operation_id = id});
  REQUIRE(world.finish(started).ok());
  CHECK(status_of(world, *other, id) == "SUCCEEDED");
  world.clock().advance(minutes(5));
  CHECK(status_of(world, *other, lost) == "RUNNING");
}

TEST_CASE("a container that fails is the create's failure, with Azure's reason") {
  World world;
  world.azure().set_location("eastus", emulator::Deployment::kImagePullBackOff);
  auto runner = world.agent();
  auto other = world.agent();
  const std::string id = runner->new_operation_id(create_request(kId));
  auto created = runner->create(create_request(kId), {.operation_id = id});
  bool told = false;
  for (int i = 0; i < 600 && !told && !created.done(); ++i) {
    const OperationRecord record = look(world, *other, id);
    told = record.status == OperationStatus::kFailed;
    if (told) CHECK(record.error->code == ErrorCode::kImagePullFailed);
    CHECK(record.status != OperationStatus::kSucceeded);
    world.clock().advance(std::chrono::milliseconds(100));
  }
  CHECK(told);
  CHECK_FALSE(world.finish(created).ok());
}

TEST_CASE("ids of other secrets, and of nobody, are unknown") {
  World world;
  auto agent = world.agent();
  AgentTweaks tweaks;
  tweaks.adjust = [](AgentOptions& options) { options.operation_secret = Secret("another secret"); };
  auto stranger = world.agent(tweaks);
  for (const std::string& id : {stranger->new_operation_id(create_request(kId)), std::string("forged")}) {
    CHECK(agent->read_operation_id(id).error().code == ErrorCode::kNotFound);
    auto operation = agent->observe_operation(id);
    CHECK(world.finish(operation).error().code == ErrorCode::kNotFound);
  }
  CHECK(world.azure_calls().empty());
}

TEST_CASE("no two ids are equal") {
  World world;
  auto agent = world.agent();
  auto other = world.agent();
  const std::string first = agent->new_operation_id(create_request(kId));
  CHECK(first != agent->new_operation_id(create_request(kId)));
  CHECK(first != other->new_operation_id(create_request(kId)));
}

TEST_CASE("operations: the record of a new one says what its id says") {
  World world;
  auto agent = world.agent();
  const auto check = [&](const OperationRecord& record) {
    CAPTURE(record.id);
    const auto read = agent->read_operation_id(record.id);
    REQUIRE(read.ok());
    CHECK(to_json(record) == to_json(begin_record(record.id, *read)));
  };
  check(agent->new_operation(create_request(kId)));
  StartRequest start;
  start.id = kId;
  check(agent->new_operation(start));
  check(agent->new_operation(StopRequest{kId, "eastus"}));
  check(agent->new_operation(DeleteRequest{kId, "", true}));
}

TEST_CASE("an Azure that cannot be asked is an error, not an answer") {
  World world;
  auto agent = world.agent();
  const std::string id = agent->new_operation_id(create_request(kId));
  emulator::Fault refused;
  refused.kind = emulator::Fault::kRefuseConnection;
  world.azure().set_fault_script([&](const HttpRequest&, std::uint64_t) { return refused; });
  auto operation = agent->observe_operation(id);
  CHECK_FALSE(world.finish(operation).ok());
}

TEST_CASE("while Azure throttles, progress says why, how often, and when the next attempt follows") {
  World world;
  auto agent = world.agent();
  int left = 2;
  const emulator::Fault throttled = refusal(429, "TooManyRequests", "17");
  world.azure().set_fault_script([&](const HttpRequest& request, std::uint64_t) {
    const bool strikes = request.label == "containerGroups.put" && left-- > 0;
    return strikes ? throttled : emulator::Fault();
  });
  std::vector<Progress> waits;
  WallTime told_at{};
  Progress last;
  auto created = agent->create(create_request(kId), {.on_progress = [&](const Progress& progress) {
                                 last = progress;
                                 if (!progress.next_attempt_at) return;
                                 waits.push_back(progress);
                                 told_at = world.clock().wall_now();
                               }});
  REQUIRE(world.finish(created).ok());
  REQUIRE(waits.size() == 2);
  CHECK(waits[0].stage == Stage::kCreatingContainer);
  CHECK(waits[0].detail.find("waiting to try again") != std::string::npos);
  CHECK(waits[0].attempt == 2);
  CHECK(waits[1].attempt == 3);
  CHECK(*waits[1].next_attempt_at - told_at >= seconds(16));
  CHECK_FALSE(last.next_attempt_at);
}

TEST_CASE("the watcher's reads tell of their waits, too") {
  World world(slow_azure());
  auto agent = world.agent();
  const emulator::Fault down = refusal(503, "ServiceUnavailable", "");
  std::vector<Progress> waits;
  auto created = agent->create(create_request(kId), {.on_progress = [&](const Progress& progress) {
                                 if (progress.next_attempt_at) waits.push_back(progress);
                               }});
  REQUIRE(world.clock().run_until([&] { return world.has_group(kId); }));
  world.azure().set_fault_script([&](const HttpRequest& request, std::uint64_t) {
    return request.label == "containerGroups.get" && waits.empty() ? down : emulator::Fault();
  });
  REQUIRE(world.finish(created).ok());
  REQUIRE_FALSE(waits.empty());
  CHECK(waits.front().stage == Stage::kProvisioning);
}

TEST_CASE("a coalesced create tells each of its callers") {
  World world;
  auto agent = world.agent();
  std::vector<Stage> first;
  std::vector<Stage> second;
  auto one = agent->create(create_request(kId),
                           {.on_progress = [&](const Progress& step) { first.push_back(step.stage); }});
  auto two = agent->create(create_request(kId),
                           {.on_progress = [&](const Progress& step) { second.push_back(step.stage); }});
  REQUIRE(world.finish(one).ok());
  REQUIRE(world.finish(two).ok());
  REQUIRE_FALSE(first.empty());
  CHECK(first.front() == Stage::kLocating);
  REQUIRE_FALSE(second.empty());
  CHECK(second.back() == first.back());
}

TEST_CASE("draining waits for operations, and not for a check of health") {
  World world(slow_azure());
  auto agent = world.agent();
  auto check = agent->check_health();
  REQUIRE(world.clock().run_until([&] { return !world.azure().calls().empty(); }));
  REQUIRE_FALSE(check.done());
  CHECK(agent->drain(std::chrono::milliseconds(0)));

  auto busy = world.agent();
  auto created = busy->create(create_request(kId));
  REQUIRE(world.clock().run_until([&] { return world.has_group(kId); }));
  CHECK_FALSE(busy->drain(std::chrono::milliseconds(0)));
  REQUIRE(world.finish(created).ok());
  CHECK(busy->drain(std::chrono::milliseconds(0)));
}
