// All seats of a course, or none.
#include "seats.h"

#include <memory>
#include <utility>

#include "dev8agent/coroutine.h"

namespace course {
namespace {

using dev8agent::EnvironmentOrchestrator;

// A coroutine that begins at once and ends by itself.
struct Detached {
  struct promise_type {
    Detached get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::abort(); }
  };
};

Detached open(EnvironmentOrchestrator& orchestrator, std::string course, int count,
              std::function<void(std::vector<std::string>)> on_done) {
  std::vector<std::string> ids;
  std::vector<dev8agent::Operation<dev8agent::EnvironmentOutcome>> creates;
  for (int seat = 1; seat <= count; ++seat) {
    ids.push_back(course + "-" + std::to_string(seat));
    creates.push_back(orchestrator.create(
        {.id = ids.back(), .spec = {.name = ids.back(), .cpu_cores = 1, .memory_gb = 2, .storage_gb = 10}}));
  }
  bool all = true;
  for (const auto& create : creates) {
    const auto outcome = co_await create;
    all = all && outcome.ok();
  }
  if (!all) {
    for (const std::string& id : ids) {
      const auto remove = orchestrator.remove({.id = id, .force = true});
      const auto removed = co_await remove;
      static_cast<void>(removed);  // a seat that was never made is not there: that is well
    }
    ids.clear();
  }
  on_done(std::move(ids));
}

}  // namespace

void open_seats(EnvironmentOrchestrator& orchestrator, const std::string& course, int count,
                std::function<void(std::vector<std::string>)> on_done) {
  open(orchestrator, course, count, std::move(on_done));
}

}  // namespace course
