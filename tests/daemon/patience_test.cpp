// How long callers wait for the outcome: shorter than their known client does, whatever Azure says.
#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <utility>
#include <variant>

#include "dev8agent/scheduler.h"
#include "endpoints.h"
#include "routes.h"
#include "support/world.h"

using namespace dev8agentd;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

namespace {

// An Azure that never answers.
class Mute final : public dev8agent::Transport {
 public:
  RequestId send(dev8agent::HttpRequest, Completion) override { return ++last_; }
  void cancel(RequestId) override {}

 private:
  RequestId last_ = 0;
};

dev8agent::EnvironmentOrchestrator unanswered() {
  dev8agent::test::World world;
  dev8agent::test::AgentTweaks tweaks;
  tweaks.adjust = [](dev8agent::AgentOptions& options) {
    options.scheduler = dev8agent::make_default_scheduler().value();
    options.transport = std::make_shared<Mute>();
  };
  return dev8agent::EnvironmentOrchestrator::make(world.settings(tweaks)).value();
}

struct WaitingAgent {
  explicit WaitingAgent(seconds request_timeout)
      : agent(with(request_timeout), unanswered(), metrics, findings) {}
  static Settings with(seconds request_timeout) {
    Settings settings;
    settings.request_timeout = request_timeout;
    return settings;
  }
  Metrics metrics;
  Findings findings;
  Agent agent;
};

// `lead`: how long before the deadline Azure is asked what the container shows; zero: never.
struct Row {
  const char* what;
  RouteHandler handler;
  const char* body;  // null: the id is in the path
  seconds patience;
  milliseconds lead;
};

constexpr const char* kSpec =
    R"({"workspaceId":"workspace-0001","name":"Mine","cpuCores":2,"memoryGB":4,"storageGB":20})";
constexpr const char* kPatch = R"({"name":"Other"})";

void check(Agent& agent, const Row& row) {
  CAPTURE(row.what);
  Request request;
  request.id = "request-1";
  if (row.handler != create_environment && row.handler != list_environments)
    request.path_id = "workspace-0002";
  if (row.body != nullptr) request.body = row.body;
  // The deadline counts from a moment between the two.
  const auto begun = steady_clock::now();
  const Reply reply = row.handler(request, agent);
  const auto ended = steady_clock::now();
  const auto* pending = std::get_if<Pending>(&reply);
  REQUIRE(pending != nullptr);
  CHECK(pending->deadline - begun >= row.patience);
  CHECK(pending->deadline - ended <= row.patience);
  CHECK((pending->ask != nullptr) == (row.lead.count() > 0));
  if (pending->ask) CHECK(pending->deadline - pending->ask_at == row.lead);
}

}  // namespace

TEST_CASE("patience: a create is answered within 290 s, everything else within 85 s") {
  WaitingAgent waiting(seconds(300));
  const Row rows[] = {
      {"create", create_environment, kSpec, seconds(290), milliseconds(5000)},
      {"start", start_environment, nullptr, seconds(85), milliseconds(5000)},
      {"stop", stop_environment, nullptr, seconds(85), milliseconds(5000)},
      {"delete", delete_environment, nullptr, seconds(85), milliseconds(5000)},
      {"restart", restart_environment, nullptr, seconds(85), milliseconds(5000)},
      {"update", update_environment, kPatch, seconds(85), milliseconds(5000)},
      {"restore", restore_environment, nullptr, seconds(85), milliseconds(5000)},
      {"get", get_environment, nullptr, seconds(85), milliseconds(0)},
      {"list", list_environments, nullptr, seconds(85), milliseconds(0)},
  };
  for (const Row& row : rows) check(waiting.agent, row);
}

TEST_CASE("patience: REQUEST_TIMEOUT_SECONDS shortens it") {
  WaitingAgent waiting(seconds(3));
  check(waiting.agent, {"create", create_environment, kSpec, seconds(3), milliseconds(1500)});
  check(waiting.agent, {"stop", stop_environment, nullptr, seconds(3), milliseconds(1500)});
  check(waiting.agent, {"list", list_environments, nullptr, seconds(3), milliseconds(0)});
}
