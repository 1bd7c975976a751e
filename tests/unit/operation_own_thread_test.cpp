// Who waits for an operation on the thread that has to bring it to its end is told so, and does not hang.
#include <doctest/doctest.h>

#include <future>

#include "support/run_in_child.h"
#include "support/world.h"

using namespace dev8agent;
using namespace dev8agent::test;

namespace {

const std::string kId = "workspace-0001";

// A world on virtual time, with an operation that nobody has driven yet.
struct Waiting {
  World world;
  std::unique_ptr<EnvironmentOrchestrator> agent = world.agent();
  Operation<EnvironmentPage> operation = agent->list({});
};

// Has `work` done on the loop thread of an orchestrator while an operation of it is under way.
void on_real_loop(
    const std::function<void(EnvironmentOrchestrator&, const Operation<EnvironmentPage>&)>& work) {
  const auto scheduler = make_default_scheduler().value();
  emulator::Emulator azure({}, scheduler);
  AgentOptions options;
  options.subscription_id = azure.options().subscription_id;
  options.resource_group = azure.options().resource_groups.front();
  options.storage_account = "dev8emulator";
  options.scheduler = scheduler;
  options.transport = azure.make_transport();
  auto orchestrator = EnvironmentOrchestrator::make(finalize(std::move(options)).value()).value();
  std::promise<void> done;
  scheduler->post([&] {
    const auto operation = orchestrator.list({});
    work(orchestrator, operation);
    operation.on_done([&](const auto&) { done.set_value(); });
  });
  done.get_future().wait();
}

void check_told(const Ended& ended) {
  CHECK(ended.signal == SIGABRT);
  CHECK(ended.message.find("on the loop thread, which would wait for itself") != std::string::npos);
}

}  // namespace

TEST_CASE("own thread: get(), wait_for() and drain() of what is not driven end the program with a sentence") {
  Waiting waiting;
  check_told(run_in_child([&] { (void)waiting.operation.get(); }));
  check_told(run_in_child([&] { (void)waiting.agent->list({}).get(); }));
  check_told(run_in_child([&] { waiting.operation.wait_for(std::chrono::milliseconds(1)); }));
  check_told(run_in_child([&] { waiting.agent->drain(std::chrono::milliseconds(1)); }));
}

TEST_CASE("own thread: on a loop thread as well") {
  check_told(run_in_child([] { on_real_loop([](auto&, const auto& operation) { (void)operation.get(); }); }));
  check_told(run_in_child([] {
    on_real_loop([](auto&, const auto& operation) { operation.wait_for(std::chrono::seconds(1)); });
  }));
  check_told(run_in_child([] {
    on_real_loop([](auto& orchestrator, const auto&) { orchestrator.drain(std::chrono::seconds(1)); });
  }));
}

TEST_CASE("own thread: to look is allowed there, and so is get() once the outcome is known") {
  const Ended ended = run_in_child([] {
    on_real_loop([](auto& orchestrator, const auto& operation) {
      if (operation.done() || operation.wait_for(std::chrono::milliseconds(0))) std::abort();
      operation.on_done([operation](const auto& outcome) {
        if (&operation.get() != &outcome || !operation.wait_for(std::chrono::seconds(1))) std::abort();
      });
      if (orchestrator.drain(std::chrono::milliseconds(0))) std::abort();
    });
  });
  CHECK(ended.signal == 0);
  CHECK(ended.message.empty());
  Waiting waiting;
  (void)waiting.world.finish(waiting.operation);
  CHECK(waiting.operation.get().ok());
  CHECK(waiting.agent->drain(std::chrono::seconds(1)));
}
