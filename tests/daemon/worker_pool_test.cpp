// The elastic pool: every piece of work gets a thread of its own up to the bound.
#include "worker_pool.h"

#include <doctest/doctest.h>

#include <atomic>
#include <future>
#include <latch>

using dev8agentd::WorkerPool;

TEST_CASE("work that blocks does not hold up other work") {
  WorkerPool pool(16, 16);
  std::latch all_running(16);
  for (int i = 0; i < 16; ++i) CHECK(pool.enqueue([&] { all_running.arrive_and_wait(); }));
  all_running.wait();
  pool.shutdown();
}

TEST_CASE("beyond its threads and its queue the pool refuses") {
  WorkerPool pool(1, 2);
  std::promise<void> started;
  std::promise<void> release;
  const auto gate = release.get_future().share();
  CHECK(pool.enqueue([&, gate] {
    started.set_value();
    gate.wait();
  }));
  started.get_future().wait();
  CHECK_FALSE(pool.saturated());
  std::atomic<int> done{0};
  CHECK(pool.enqueue([&] { ++done; }));
  CHECK(pool.enqueue([&] { ++done; }));
  CHECK(pool.saturated());
  CHECK_FALSE(pool.enqueue([&] { ++done; }));
  release.set_value();
  pool.shutdown();
  CHECK(done == 2);
  CHECK_FALSE(pool.enqueue([] {}));
}
