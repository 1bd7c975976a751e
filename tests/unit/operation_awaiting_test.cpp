// The ways to wait for an operation beside get(): futures and coroutines.
#include <doctest/doctest.h>
#include <sys/resource.h>

#include <coroutine>
#include <deque>
#include <optional>
#include <thread>

#include "dev8agent/coroutine.h"
#include "support/world.h"

using namespace dev8agent;
using namespace dev8agent::test;

namespace {

using State = internal::OperationState<std::string>;

// A coroutine that runs on its own; what it waits for is in the test's hands.
struct Detached {
  struct promise_type {
    Detached get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::abort(); }
  };
};

struct Seen {
  std::optional<Result<std::string>> outcome;
  std::thread::id thread;
};

Detached wait_for(Operation<std::string> operation, Seen& seen) {
  auto outcome = co_await operation;
  seen.thread = std::this_thread::get_id();
  seen.outcome.emplace(std::move(outcome));
}

Detached wait_for(Operation<std::string> operation, Executor executor, Seen& seen) {
  auto outcome = co_await resume_on(std::move(operation), std::move(executor));
  seen.thread = std::this_thread::get_id();
  seen.outcome.emplace(std::move(outcome));
}

// How often this thread has given up its processor to wait for something.
long waits_of_this_thread() {
  rusage usage{};
  REQUIRE(getrusage(RUSAGE_THREAD, &usage) == 0);
  return usage.ru_nvcsw;
}

}  // namespace

TEST_CASE("done: the question alone does not put the thread to sleep") {
  const auto state = std::make_shared<State>();
  const Operation<std::string> operation(state);
  const long before = waits_of_this_thread();
  for (int i = 0; i < 1000; ++i) REQUIRE_FALSE(operation.done());
  CHECK(waits_of_this_thread() - before < 100);
  state->complete(std::string("end"));
  CHECK(operation.done());
}

TEST_CASE("future: it becomes ready with the outcome, before or after the end") {
  auto state = std::make_shared<State>();
  const Operation<std::string> operation(state);
  auto before = operation.to_future();
  CHECK(before.wait_for(std::chrono::seconds(0)) == std::future_status::timeout);
  state->complete(std::string("done"));
  auto after = operation.to_future();
  CHECK(before.get().value() == "done");
  CHECK(after.get().value() == "done");
}

TEST_CASE("future: a failure is a result, not an exception; secrets are copied on purpose") {
  auto state = std::make_shared<State>();
  auto future = Operation<std::string>(state).to_future();
  state->complete(make_error(ErrorCode::kNotFound, "nothing"));
  CHECK(future.get().error().message == "nothing");

  auto with_secret = std::make_shared<internal::OperationState<EnvironmentOutcome>>();
  const Operation<EnvironmentOutcome> created(with_secret);
  EnvironmentOutcome outcome;
  outcome.code_server_password = Secret("word");
  with_secret->complete(std::move(outcome));
  CHECK(created.to_future().get()->code_server_password.reveal() == "word");
  CHECK(created.get()->code_server_password.reveal() == "word");
}

TEST_CASE("co_await: goes on on the thread that completes, with the outcome") {
  auto state = std::make_shared<State>();
  Seen seen;
  wait_for(Operation<std::string>(state), seen);
  CHECK_FALSE(seen.outcome);
  std::thread loop([&] { state->complete(std::string("done")); });
  const auto id = loop.get_id();
  loop.join();
  REQUIRE(seen.outcome);
  CHECK(seen.outcome->value() == "done");
  CHECK(seen.thread == id);
}

TEST_CASE("co_await: an outcome that is there already does not suspend") {
  auto state = std::make_shared<State>();
  state->complete(make_error(ErrorCode::kConflict, "no"));
  Seen seen;
  wait_for(Operation<std::string>(state), seen);
  REQUIRE(seen.outcome);
  CHECK(seen.outcome->error().code == ErrorCode::kConflict);
  CHECK(seen.thread == std::this_thread::get_id());
}

TEST_CASE("co_await: the coroutine holds the operation, and lets it go when it ends") {
  auto state = std::make_shared<State>();
  const std::weak_ptr<State> watched = state;
  Seen seen;
  wait_for(Operation<std::string>(state), seen);
  State* const raw = state.get();
  std::shared_ptr<State> held = std::exchange(state, nullptr);
  raw->complete(std::string("done"));  // the caller holds it, as the contract of complete() says
  held.reset();
  CHECK(watched.expired());
  CHECK(seen.outcome->value() == "done");
}

TEST_CASE("resume_on: always goes on through the executor, also when the outcome is there") {
  for (const bool early : {false, true}) {
    CAPTURE(early);
    std::deque<std::function<void()>> posted;
    auto state = std::make_shared<State>();
    if (early) state->complete(std::string("done"));
    Seen seen;
    wait_for(
        Operation<std::string>(state), [&](std::function<void()> work) { posted.push_back(std::move(work)); },
        seen);
    if (!early) state->complete(std::string("done"));
    CHECK_FALSE(seen.outcome);
    REQUIRE(posted.size() == 1);
    posted.front()();
    CHECK(seen.outcome->value() == "done");
  }
}

namespace {

Detached live(EnvironmentOrchestrator& agent, std::vector<std::string>& log) {
  const auto create = agent.create(create_request("workspace-0001"));
  const auto created = co_await create;
  log.emplace_back(created.ok() ? to_string(created->environment.status) : "failed");
  const auto remove = agent.remove({.id = "workspace-0001", .force = true});
  const auto removed = co_await remove;
  log.emplace_back(removed.ok() ? "removed" : "failed");
  const auto get = agent.get({.id = "workspace-0001"});
  const auto gone = co_await get;
  log.emplace_back(to_string(gone.error().code));
}

}  // namespace

TEST_CASE("co_await: a life of an environment in one coroutine") {
  World world;
  auto agent = world.agent();
  std::vector<std::string> log;
  live(*agent, log);
  REQUIRE(world.clock().run_until([&] { return log.size() == 3; }));
  CHECK(log == std::vector<std::string>{"RUNNING", "removed", "NOT_FOUND"});
}
