// The end of an orchestrator whose loop goes on: nobody is called any more once its destructor has returned.
#include <doctest/doctest.h>
#include <atomic>
#include <future>
#include <memory>

#include "support/world.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;

namespace {

// A loop that has much to do: what is posted on its own thread has its turn later.
class BusyLoop final : public Scheduler {
 public:
  TimePoint now() const override { return loop_->now(); }
  WallTime wall_now() const override { return loop_->wall_now(); }
  void post(Work work) override {
    if (!busy || !loop_->on_loop_thread()) return loop_->post(std::move(work));
    loop_->call_at(loop_->now() + std::chrono::milliseconds(20), std::move(work));
  }
  TimerId call_at(TimePoint due, Work work) override { return loop_->call_at(due, std::move(work)); }
  void cancel(TimerId id) override { loop_->cancel(id); }
  bool on_loop_thread() const override { return loop_->on_loop_thread(); }

  // Returns when the loop has done all that it has had to do.
  void finish() {
    std::promise<void> done;
    post([&] { call_at(now() + std::chrono::milliseconds(40), [&] { done.set_value(); }); });
    done.get_future().wait();
  }

  std::atomic<bool> busy{false};

 private:
  std::shared_ptr<Scheduler> loop_ = make_default_scheduler().value();
};

// An Azure that answers nothing.
class Silent final : public Transport {
 public:
  RequestId send(HttpRequest, Completion) override { return ++last_; }
  void cancel(RequestId) override {}

 private:
  RequestId last_ = 0;
};

std::unique_ptr<EnvironmentOrchestrator> orchestrator_on(std::shared_ptr<Scheduler> loop) {
  AgentOptions options;
  options.subscription_id = "33333333-3333-4333-8333-333333333333";
  options.resource_group = "dev8";
  options.storage_account = "dev8files";
  options.default_region = "eastus";
  options.credential = make_static_credential(Secret("token"));
  options.scheduler = std::move(loop);
  options.transport = std::make_shared<Silent>();
  return std::make_unique<EnvironmentOrchestrator>(
      EnvironmentOrchestrator::make(finalize(std::move(options)).value()).value());
}

}  // namespace

TEST_CASE("end: an operation that a callback begins during the end has ended when the end is over") {
  const auto loop = std::make_shared<BusyLoop>();
  auto owner = orchestrator_on(loop);
  EnvironmentOrchestrator* const orchestrator = owner.get();
  std::atomic<int> calls{0};
  std::atomic<bool> over{false};
  std::atomic<bool> late{false};
  const auto note = [&] {
    ++calls;
    if (over) late = true;
  };
  orchestrator->get({.id = "workspace-0001"}).on_done([&](const auto&) {
    note();
    loop->busy = true;
    orchestrator->get({.id = "workspace-0002"}).on_done([&](const Result<Environment>& result) {
      note();
      CHECK(result.error().code == ErrorCode::kCancelled);
    });
  });
  owner.reset();
  over = true;
  loop->finish();
  CHECK(calls == 2);
  CHECK_FALSE(late);
}
