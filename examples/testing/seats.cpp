// All seats of a course, or none.
#include "seats.h"

#include <cstdlib>
#include <iostream>
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
  std::vector<std::string> made;
  bool all = true;
  for (std::size_t i = 0; i < creates.size(); ++i) {
    const auto outcome = co_await creates[i];
    all = all && outcome.ok();
    // What was there before is not this call's to delete.
    if (outcome.ok() && outcome->changed) made.push_back(ids[i]);
  }
  if (all) co_return on_done(std::move(ids));
  for (const std::string& id : made) {
    const auto remove = orchestrator.remove({.id = id, .force = true});
    const auto removed = co_await remove;
    if (!removed.ok()) std::cerr << id << " was not deleted: " << removed.error() << "\n";
  }
  on_done({});
}

}  // namespace

void open_seats(EnvironmentOrchestrator& orchestrator, const std::string& course, int count,
                std::function<void(std::vector<std::string>)> on_done) {
  open(orchestrator, course, count, std::move(on_done));
}

}  // namespace course
