// The worker pool: its threads, its order, and what happens when the machine refuses a thread.
#include "worker_pool.h"

#include <doctest/doctest.h>

#include <atomic>
#include <future>
#include <latch>
#include <system_error>

using dev8agentd::WorkerPool;
using Batch = std::vector<WorkerPool::Work>;

namespace {

std::thread refuse(const WorkerPool::Work&) {
  throw std::system_error(EAGAIN, std::generic_category());
}

}  // namespace

TEST_CASE("no thread is made before there is work, and no more than allowed after") {
  std::atomic<int> made{0};
  WorkerPool pool(3, [&](WorkerPool::Work work) {
    ++made;
    return std::thread(std::move(work));
  });
  CHECK(made == 0);
  std::latch all_running(3);
  std::latch done(3);
  Batch batch;
  for (int i = 0; i < 3; ++i) {
    batch.push_back([&] {
      all_running.arrive_and_wait();
      done.count_down();
    });
  }
  pool.enqueue(batch);
  CHECK(batch.empty());
  done.wait();
  for (int i = 0; i < 20; ++i) batch.push_back([] {});
  pool.enqueue(batch);
  pool.shutdown();
  CHECK(made == 3);
}

TEST_CASE("shutdown finishes what is queued, and nothing is taken after it") {
  WorkerPool pool(1);
  std::promise<void> release;
  const auto gate = release.get_future().share();
  std::atomic<int> done{0};
  Batch batch = {[gate] { gate.wait(); }, [&] { ++done; }, [&] { ++done; }};
  pool.enqueue(batch);
  release.set_value();
  pool.shutdown();
  CHECK(done == 2);
  batch = {[&] { ++done; }};
  pool.enqueue(batch);
  CHECK(batch.size() == 1);
  CHECK(done == 2);
}

TEST_CASE("a machine that refuses threads gets its work back") {
  WorkerPool pool(4, refuse);
  Batch batch = {[] {}, [] {}};
  pool.enqueue(batch);
  CHECK(batch.size() == 2);
}

TEST_CASE("one thread does the work of those that were refused") {
  std::atomic<int> asked{0};
  WorkerPool pool(
      4, [&](WorkerPool::Work work) { return ++asked == 1 ? std::thread(std::move(work)) : refuse(work); });
  std::latch done(8);
  for (int i = 0; i < 8; ++i) {
    Batch batch = {[&] { done.count_down(); }};
    pool.enqueue(batch);
    CHECK(batch.empty());
  }
  done.wait();
}
