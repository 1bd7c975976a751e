// Environments in the coroutines of a program: each user's steps read from top to bottom, and all users go on
// at the same time on one thread.
//
//   dev8-coroutines USER...
#include <atomic>
#include <coroutine>
#include <cstdlib>
#include <iostream>
#include <latch>
#include <string>

#include "dev8agent/coroutine.h"
#include "dev8agent/orchestrator.h"

using namespace dev8agent;

namespace {

// A coroutine that nobody waits for: it begins at once and ends by itself. A program that has a task type of
// its own uses that.
struct Detached {
  struct promise_type {
    Detached get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::abort(); }
  };
};

// Creates, stops and deletes one environment. After each co_await it is on the loop thread: it must not block
// there.
Detached try_out(EnvironmentOrchestrator& agent, std::string user, std::latch& left,
                 std::atomic<int>& failures) {
  const std::string id = "coroutine-" + user;
  const auto failed = [&](const auto& outcome) {
    if (outcome.ok()) return false;
    std::cerr << user << ": " << outcome.error() << "\n";
    ++failures;
    left.count_down();
    return true;
  };

  // Begun in a statement of its own, as dev8agent/coroutine.h says.
  const auto create = agent.create(
      {.id = id, .spec = {.user_id = user, .name = user, .cpu_cores = 1, .memory_gb = 2, .storage_gb = 10}});
  const auto created = co_await create;
  if (failed(created)) co_return;
  std::cout << user << ": " << created->environment.connection_urls.vscode_web_url << "\n";

  const auto stop = agent.stop({.id = id});
  const auto stopped = co_await stop;
  if (failed(stopped)) co_return;

  const auto remove = agent.remove({.id = id});
  const auto removed = co_await remove;
  if (failed(removed)) co_return;
  std::cout << user << ": deleted\n";
  left.count_down();
}

}  // namespace

int main(int count, char** words) {
  if (count < 2) return std::cerr << "usage: dev8-coroutines USER...\n", 2;
  auto orchestrator = EnvironmentOrchestrator::from_environment();
  if (!orchestrator.ok()) return std::cerr << orchestrator.error() << "\n", 1;
  std::latch left(count - 1);
  std::atomic<int> failures{0};
  for (int i = 1; i < count; ++i) try_out(*orchestrator, words[i], left, failures);
  left.wait();
  return failures == 0 ? 0 : 1;
}
