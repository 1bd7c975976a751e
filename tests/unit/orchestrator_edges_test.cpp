// The whole orchestrator where its parts meet: a forced delete during a create, and Azure's spellings of a
// region.
#include <doctest/doctest.h>

#include <set>

#include "support/world.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;

namespace {

const std::string kId = "workspace-0001";

// Passes everything on, with `from` replaced by `to` in the answers' bodies.
class Respelling final : public Transport {
 public:
  Respelling(std::shared_ptr<Transport> next, std::string from, std::string to)
      : next_(std::move(next)), from_(std::move(from)), to_(std::move(to)) {}
  RequestId send(HttpRequest request, Completion completion) override {
    return next_->send(std::move(request), [this, completion](Result<HttpResponse> response) {
      if (response.ok()) {
        std::string& body = response->body;
        for (auto at = body.find(from_); at != body.npos; at = body.find(from_, at + to_.size())) {
          body.replace(at, from_.size(), to_);
        }
      }
      completion(std::move(response));
    });
  }
  void cancel(RequestId id) override { next_->cancel(id); }

 private:
  std::shared_ptr<Transport> next_;
  std::string from_;
  std::string to_;
};

// Counts the requests of whoever uses it that are neither answered nor cancelled.
class Counting final : public Transport {
 public:
  explicit Counting(std::shared_ptr<Transport> next) : next_(std::move(next)) {}
  RequestId send(HttpRequest request, Completion completion) override {
    auto id = std::make_shared<RequestId>(0);
    *id = next_->send(std::move(request), [this, id, completion](Result<HttpResponse> response) {
      open.erase(*id);
      completion(std::move(response));
    });
    open.insert(*id);
    return *id;
  }
  void cancel(RequestId id) override {
    open.erase(id);
    next_->cancel(id);
  }

  std::set<RequestId> open;

 private:
  std::shared_ptr<Transport> next_;
};

AgentSettings with_transport(World& world, std::shared_ptr<Transport> transport) {
  const emulator::EmulatorOptions& azure = world.azure().options();
  AgentOptions options;
  options.subscription_id = azure.subscription_id;
  options.resource_group = azure.resource_groups.front();
  options.storage_account = azure.storage_accounts.front().name;
  options.default_region = "eastus";
  RegionOptions region;
  region.name = "eastus";
  options.regions.push_back(std::move(region));
  options.identity.tenant_id = azure.tenant_id;
  options.identity.client_id = azure.client_id;
  options.identity.client_secret = Secret(std::string_view(azure.client_secret));
  options.credential = make_client_secret_credential(options.identity);
  options.agent_base_url = "https://agent.example.com";
  options.activity_keys.push_back(Secret("activity-key-of-the-tests"));
  options.scheduler = world.scheduler();
  options.transport = std::move(transport);
  auto settings = finalize(std::move(options));
  REQUIRE(settings.ok());
  return *settings;
}

}  // namespace

TEST_CASE("a forced delete may end a create at each of its steps") {
  for (int steps = 1; steps < 60; ++steps) {
    World world;
    auto agent = world.agent();
    auto create = agent->create(create_request(kId));
    for (int i = 0; i < steps && !create.done(); ++i) world.clock().run_one();
    DeleteRequest request;
    request.id = kId;
    request.force = true;
    auto remove = agent->remove(request);
    const auto& created = world.finish(create);
    const auto& removed = world.finish(remove);
    CAPTURE(steps);
    CHECK((created.ok() || created.error().code == ErrorCode::kCancelled));
    CHECK((removed.ok() || removed.error().code == ErrorCode::kNotFound));
    CHECK_FALSE(world.has_group(kId));
    CHECK_FALSE(world.has_share(kId));
  }
}

TEST_CASE("a start may be ended by a forced delete while it looks around") {
  for (int steps = 1; steps < 12; ++steps) {
    World world;
    auto agent = world.agent();
    auto create = agent->create(create_request(kId));
    REQUIRE(world.finish(create).ok());
    auto stop = agent->stop({kId, ""});
    REQUIRE(world.finish(stop).ok());
    StartRequest start;
    start.id = kId;
    auto started = agent->start(std::move(start));
    for (int i = 0; i < steps; ++i) world.clock().run_one();
    DeleteRequest request;
    request.id = kId;
    request.force = true;
    auto remove = agent->remove(request);
    CHECK(world.finish(remove).ok());
    world.finish(started);
    CHECK_FALSE(world.has_group(kId));
    CHECK_FALSE(world.has_share(kId));
  }
}

TEST_CASE("a region is the same in each of Azure's spellings: the group there is not taken for absent") {
  for (const std::string& spelling : {std::string("East US"), std::string("EastUs"), std::string("eastUS")}) {
    CAPTURE(spelling);
    World world;
    auto agent = world.agent();
    auto create = agent->create(create_request(kId));
    REQUIRE(world.finish(create).ok());

    auto respelling = std::make_shared<Respelling>(world.azure().make_transport(), "\"location\":\"eastus\"",
                                                   "\"location\":\"" + spelling + "\"");
    EnvironmentOrchestrator other = EnvironmentOrchestrator::make(with_transport(world, respelling)).value();
    auto get = other.get({kId, ""});
    const auto& seen = world.finish(get);
    REQUIRE(seen.ok());
    CHECK(seen->status == EnvironmentStatus::kRunning);
    auto list = other.list({});
    const auto& page = world.finish(list);
    REQUIRE(page.ok());
    CHECK(page->environments.size() == 1);
    if (page->environments.size() == 1) CHECK(page->environments[0].status == EnvironmentStatus::kRunning);
    auto again = other.create(create_request(kId));
    world.finish(again);
    CHECK(world.group(kId).deployments == 1);
    auto gentle = other.remove({kId, "", false});
    CHECK_FALSE(world.finish(gentle).ok());
    CHECK(world.has_share(kId));
  }
}

TEST_CASE(
    "what an orchestrator has under way ends with it, whatever it was, on a transport that others keep") {
  std::set<std::size_t> widths;
  for (int steps = 0; steps < 60; ++steps) {
    World world;
    auto transport = std::make_shared<Counting>(world.azure().make_transport());
    auto agent = std::make_unique<EnvironmentOrchestrator>(
        EnvironmentOrchestrator::make(with_transport(world, transport)).value());
    auto create = agent->create(create_request(kId));
    for (int i = 0; i < steps; ++i) world.clock().run_one();
    widths.insert(transport->open.size());
    agent.reset();
    CAPTURE(steps);
    CHECK(transport->open.empty());
    while (world.clock().run_one()) {
    }
    CHECK(create.done());
  }
  CHECK(widths.size() > 1);  // it was ended while requests were under way, too
}
