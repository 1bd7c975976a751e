// What another process may do between this one's observation and its write, and Azure after an answer.
#include <doctest/doctest.h>

#include <algorithm>
#include <regex>
#include <utility>

#include "support/world.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;
using emulator::Deployment;
using emulator::Fault;

namespace {

const std::string kId = "workspace-0001";

bool is_group_request(const HttpRequest& request, const std::string& method) {
  return request.method == method &&
         request.url.find("/containerGroups/aci-" + kId + "?") != std::string::npos;
}

// Lets another maker's PUT of the same group go first, once, and gives it time to come up.
class SomebodyFirst final : public Transport {
 public:
  SomebodyFirst(std::shared_ptr<Transport> azure, Scheduler& scheduler, std::function<void()> then)
      : azure_(std::move(azure)), scheduler_(scheduler), then_(std::move(then)) {}

  RequestId send(HttpRequest request, Completion completion) override {
    if (!is_group_request(request, "PUT") || std::exchange(done_, true)) {
      return azure_->send(std::move(request), std::move(completion));
    }
    HttpRequest theirs = request;
    theirs.body = std::regex_replace(theirs.body, std::regex(R"("call":"[^"]*")"), R"("call":"theirs")");
    azure_->send(std::move(theirs), [](const Result<HttpResponse>& answer) { CHECK(answer->status == 201); });
    scheduler_.call_at(scheduler_.now() + std::chrono::seconds(2), [this, request, completion] {
      then_();
      azure_->send(request, completion);
    });
    return 0;
  }
  void cancel(RequestId id) override { azure_->cancel(id); }

 private:
  std::shared_ptr<Transport> azure_;
  Scheduler& scheduler_;
  std::function<void()> then_;
  bool done_ = false;
};

// Brings the answer to a share's PUT five seconds late.
class SlowShare final : public Transport {
 public:
  SlowShare(std::shared_ptr<Transport> azure, Scheduler& scheduler)
      : azure_(std::move(azure)), scheduler_(scheduler) {}

  RequestId send(HttpRequest request, Completion completion) override {
    const bool share = request.method == "PUT" && request.url.ends_with("?restype=share");
    if (!share) return azure_->send(std::move(request), std::move(completion));
    return azure_->send(std::move(request), [this, completion](const Result<HttpResponse>& answer) {
      scheduler_.call_at(scheduler_.now() + std::chrono::seconds(20),
                         [completion, answer] { completion(answer); });
    });
  }
  void cancel(RequestId id) override { azure_->cancel(id); }

 private:
  std::shared_ptr<Transport> azure_;
  Scheduler& scheduler_;
};

// Sends each start two seconds late, so that others observe before it arrives.
class LateStart final : public Transport {
 public:
  LateStart(std::shared_ptr<Transport> azure, Scheduler& scheduler)
      : azure_(std::move(azure)), scheduler_(scheduler) {}

  RequestId send(HttpRequest request, Completion completion) override {
    if (request.url.find("/start?") == std::string::npos) {
      return azure_->send(std::move(request), std::move(completion));
    }
    scheduler_.call_at(scheduler_.now() + std::chrono::seconds(2),
                       [this, request, completion] { azure_->send(request, completion); });
    return 0;
  }
  void cancel(RequestId id) override { azure_->cancel(id); }

 private:
  std::shared_ptr<Transport> azure_;
  Scheduler& scheduler_;
};

void create_and_stop(World& world, EnvironmentOrchestrator& agent) {
  auto created = agent.create(create_request(kId));
  REQUIRE(world.finish(created).ok());
  StopRequest stop;
  stop.id = kId;
  auto stopped = agent.stop(stop);
  REQUIRE(world.finish(stopped).ok());
}

StartRequest start_request() {
  StartRequest request;
  request.id = kId;
  return request;
}

}  // namespace

TEST_CASE("a failed create does not delete a container that another process created meanwhile") {
  emulator::EmulatorOptions options;
  options.provisioning_time = std::chrono::seconds(1);
  World world(options);
  AgentTweaks tweaks;
  tweaks.wrap_transport = [&world](std::shared_ptr<Transport> azure) {
    return std::make_shared<SomebodyFirst>(std::move(azure), world.clock(), [&world] {
      world.azure().set_location("eastus", Deployment::kNoCapacityAsync);
    });
  };
  auto agent = world.agent(tweaks);
  auto operation = agent->create(create_request(kId));
  const auto& failed = world.finish(operation);
  REQUIRE_FALSE(failed.ok());
  CHECK(failed.error().code == ErrorCode::kCapacityUnavailable);
  CHECK(world.count("ContainerGroups_CreateOrUpdate") == 2);
  CHECK(world.count("ContainerGroups_Delete") == 0);
  CHECK(world.has_group(kId));
  CHECK(world.has_share(kId));
}

TEST_CASE("a container that became running before its create was cancelled is kept") {
  emulator::EmulatorOptions options;
  options.provisioning_time = std::chrono::seconds(15);  // up between two reads
  World world(options);
  auto agent = world.agent(seldom_polling(std::chrono::seconds(10)));
  auto operation = agent->create(create_request(kId));
  world.clock().advance(std::chrono::seconds(17));
  REQUIRE_FALSE(operation.done());
  operation.cancel();
  const auto& late = world.finish(operation);
  REQUIRE_FALSE(late.ok());
  CHECK(late.error().code == ErrorCode::kCancelled);
  CHECK(late.error().message.find("left as it is") != std::string::npos);
  CHECK(world.group(kId).state == "Running");
  CHECK(world.has_share(kId));
  auto repeat = agent->create(create_request(kId));
  CHECK_FALSE(world.finish(repeat)->changed);
}

TEST_CASE("a create polls until just before its deadline") {
  emulator::EmulatorOptions options;
  options.provisioning_time = std::chrono::seconds(15);
  World world(options);
  auto agent = world.agent();
  CallOptions limits;
  limits.timeout = std::chrono::seconds(17);
  auto operation = agent->create(create_request(kId), limits);
  const auto& created = world.finish(operation);
  REQUIRE_MESSAGE(created.ok(), created.error().message);
}

TEST_CASE("a container that became running while the share was slow is not redeployed") {
  emulator::EmulatorOptions options;
  options.provisioning_time = std::chrono::seconds(1);
  World world(options);
  AgentTweaks slow;
  slow.wrap_transport = [&world](std::shared_ptr<Transport> azure) {
    return std::make_shared<SlowShare>(std::move(azure), world.clock());
  };
  auto one = world.agent(slow);
  auto other = world.agent();
  auto first = one->create(create_request(kId));
  REQUIRE(world.clock().run_until([&] { return world.has_share(kId); }));
  auto second = other->create(create_request(kId));
  REQUIRE(world.finish(second).ok());
  REQUIRE_FALSE(first.done());
  const auto& answer = world.finish(first);
  REQUIRE_MESSAGE(answer.ok(), answer.error().message);
  CHECK_FALSE(answer->changed);
  CHECK(world.group(kId).deployments == 1);
}

TEST_CASE("two processes create one id in two regions: at most one region has it") {
  emulator::EmulatorOptions options;
  const std::string key = std::string(84, 'A') + "AQ==";
  // With a resource group for each region Azure itself does not refuse the second one.
  options.resource_groups = {"group-east", "group-west"};
  options.storage_accounts = {{"dev8east", "group-east", key, key}, {"dev8west", "group-west", key, key}};
  World world(options);
  AgentTweaks tweaks;
  tweaks.regions = {"eastus", "westeurope"};
  tweaks.resource_groups = {{"eastus", "group-east"}, {"westeurope", "group-west"}};
  auto one = world.agent(tweaks);
  auto other = world.agent(tweaks);
  CreateRequest east = create_request(kId);
  CreateRequest west = create_request(kId);
  west.cloud_region = "westeurope";
  auto first = one->create(std::move(east));
  auto second = other->create(std::move(west));
  const int made = static_cast<int>(world.finish(first).ok()) + static_cast<int>(world.finish(second).ok());
  CHECK(made <= 1);
  CHECK(static_cast<int>(world.azure().groups().size()) == made);
  int shares = 0;
  for (const auto& share : world.azure().shares()) shares += share.being_deleted ? 0 : 1;
  CHECK(shares == made);
  // Who gave way may ask again.
  auto again = one->create(create_request(kId));
  const auto& repeated = world.finish(again);
  CHECK(repeated.ok() == (made == 0 || first.get().ok()));
}

TEST_CASE("delete: the share is deleted after the container is gone, not when its deletion is accepted") {
  World world;
  auto agent = world.agent();
  auto create = agent->create(create_request(kId));
  REQUIRE(world.finish(create).ok());
  world.azure().clear_calls();
  int accepted = 0;
  world.azure().set_fault_script([&accepted](const HttpRequest& request, std::uint64_t) -> Fault {
    if (!is_group_request(request, "DELETE") || ++accepted > 2) return {};
    return {Fault::kStatus, 202, "", ""};
  });
  auto remove = agent->remove({kId, "", true});
  REQUIRE(world.finish(remove).ok());
  CHECK(accepted == 3);
  const auto calls = world.azure_calls();
  const auto share_gone = std::find(calls.begin(), calls.end(), "Share_Delete");
  REQUIRE(share_gone != calls.end());
  CHECK(std::count(calls.begin(), share_gone, "ContainerGroups_Delete") == 3);
  CHECK(std::count(share_gone, calls.end(), "ContainerGroups_Delete") == 0);
  CHECK_FALSE(world.has_group(kId));
  CHECK_FALSE(world.has_share(kId));
}

TEST_CASE("a start refused because another start is under way does not stop that one's container") {
  emulator::EmulatorOptions options;
  options.start_time = std::chrono::seconds(60);
  World world(options);
  AgentTweaks slow;
  slow.wrap_transport = [&world](std::shared_ptr<Transport> azure) {
    return std::make_shared<LateStart>(std::move(azure), world.clock());
  };
  auto one = world.agent(slow);
  auto other = world.agent(slow);
  create_and_stop(world, *one);
  auto first = one->start(start_request());
  CallOptions hasty;
  hasty.timeout = std::chrono::seconds(20);
  auto second = other->start(start_request(), hasty);
  const auto& given_up = world.finish(second);
  const auto& started = world.finish(first);
  REQUIRE_MESSAGE(started.ok(), started.error().message);
  REQUIRE_FALSE(given_up.ok());
  CHECK(given_up.error().code == ErrorCode::kTimeout);
  CHECK(world.count("ContainerGroups_Start") == 2);
  CHECK(world.count("ContainerGroups_Stop") == 1);
  world.clock().advance(std::chrono::minutes(10));
  CHECK(world.group(kId).state == "Running");
}

TEST_CASE("a container that becomes running after its start has ended is kept") {
  emulator::EmulatorOptions options;
  options.start_time = std::chrono::seconds(15);
  World world(options);
  auto agent = world.agent(seldom_polling(std::chrono::seconds(10)));
  create_and_stop(world, *agent);
  auto operation = agent->start(start_request());
  world.clock().advance(std::chrono::seconds(17));  // up between two reads
  REQUIRE_FALSE(operation.done());
  operation.cancel();
  const auto& late = world.finish(operation);
  REQUIRE_FALSE(late.ok());
  CHECK(late.error().code == ErrorCode::kCancelled);
  CHECK(late.error().message.find("left as it is") != std::string::npos);
  CHECK(world.group(kId).state == "Running");
}

TEST_CASE("a start deploys no container without files when another process deletes the environment") {
  emulator::EmulatorOptions options;
  options.start_time = std::chrono::seconds(60);
  World world(options);
  auto one = world.agent();
  auto other = world.agent();
  create_and_stop(world, *one);
  auto started = one->start(start_request());
  REQUIRE(world.clock().run_until([&] { return world.count("ContainerGroups_Start") == 1; }));
  DeleteRequest remove;
  remove.id = kId;
  remove.force = true;
  auto removed = other->remove(remove);
  const auto& gone = world.finish(removed);
  REQUIRE_MESSAGE(gone.ok(), gone.error().message);
  const auto& failed = world.finish(started);
  REQUIRE_FALSE(failed.ok());
  CHECK_MESSAGE(failed.error().code == ErrorCode::kNotFound, failed.error().message);
  CHECK(world.count("ContainerGroups_CreateOrUpdate") == 1);
  CHECK_FALSE(world.has_group(kId));
  CHECK_FALSE(world.has_share(kId));
}
