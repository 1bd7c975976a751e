// Semaphore: how many at a time, in which order, and what becomes of a place whose holder or waiter goes.
#include <doctest/doctest.h>
#include <algorithm>
#include <vector>

#include "base/signal.h"
#include "support/flow_bench.h"
#include "support/jumping_scheduler.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

struct SemaphoreBench : FlowBench {
  Semaphore places{scheduler, {.first = 2}};
  using Asked = std::shared_ptr<std::optional<Result<Semaphore::Hold>>>;

  Asked ask() { return start(places.acquire(make_call())); }
  static bool has_place(const Asked& asked) { return asked->has_value() && asked->value().ok(); }
};

}  // namespace

TEST_CASE_FIXTURE(SemaphoreBench, "semaphore: the places go out in the order of the questions") {
  auto first = ask();
  auto second = ask();
  auto third = ask();
  auto fourth = ask();
  CHECK(has_place(first));
  CHECK(has_place(second));
  CHECK_FALSE(has_place(third));
  first->value()->release();
  CHECK_FALSE(has_place(third));  // from the queue
  scheduler.advance(seconds(0));
  CHECK(has_place(third));
  CHECK_FALSE(has_place(fourth));
  second->reset();  // destroys the place
  scheduler.advance(seconds(0));
  CHECK(has_place(fourth));
}

TEST_CASE_FIXTURE(SemaphoreBench, "semaphore: one place is given back once") {
  auto first = ask();
  auto second = ask();
  auto third = ask();
  auto fourth = ask();
  Semaphore::Hold moved = std::move(*first->value());
  first->value()->release();
  scheduler.advance(seconds(0));
  CHECK_FALSE(has_place(third));
  moved.release();
  moved.release();
  scheduler.advance(seconds(0));
  CHECK(has_place(third));
  CHECK_FALSE(has_place(fourth));
}

TEST_CASE_FIXTURE(SemaphoreBench, "semaphore: who gives up leaves the line, and takes no place along") {
  auto first = ask();
  auto second = ask();
  auto late = start(places.acquire(make_call(seconds(5))));
  auto call = make_call();
  auto cancelled = start(places.acquire(call));
  auto last = ask();
  call->cancellation->cancel("enough");
  scheduler.advance(seconds(6));
  CHECK(late->value().error().code == ErrorCode::kTimeout);
  CHECK(cancelled->value().error().code == ErrorCode::kCancelled);
  first->value()->release();
  second->value()->release();
  scheduler.advance(seconds(0));
  CHECK(has_place(last));
  CHECK(has_place(ask()));  // the second place is free: nobody else waited
  CHECK_FALSE(has_place(ask()));
}

TEST_CASE("semaphore: a place may be given back after the semaphore is gone") {
  FlowBench bench;
  auto places = std::make_unique<Semaphore>(bench.scheduler, Semaphore::Size{.first = 1});
  auto held = bench.start(places->acquire(bench.make_call()));
  places.reset();
  held->value()->release();
  bench.drain();
}

namespace {

struct GrowingBench : FlowBench {
  Semaphore places{scheduler, {2, 5, milliseconds(200)}};
  std::vector<SemaphoreBench::Asked> asked{};

  void ask(int count) {
    for (int i = 0; i < count; ++i) asked.push_back(start(places.acquire(make_call())));
  }
  // How many have had a place.
  std::ptrdiff_t served() const {
    return std::count_if(asked.begin(), asked.end(), SemaphoreBench::has_place);
  }
  void give_back(std::size_t number) { asked[number]->value()->release(); }
};

// On a clock that may be ahead of its timers, as that of a loop is which is busy.
struct BusyBench : FlowBench {
  JumpingScheduler clock{std::shared_ptr<Scheduler>(std::shared_ptr<void>(), &scheduler)};
  Semaphore places{clock, {1, 2, milliseconds(200)}};
  SemaphoreBench::Asked first = start(places.acquire(make_call()));
  SemaphoreBench::Asked second = start(places.acquire(make_call()));
};

}  // namespace

TEST_CASE_FIXTURE(GrowingBench, "semaphore: where no place is given back, there are soon more") {
  ask(8);
  CHECK(served() == 2);
  scheduler.advance(milliseconds(199));
  CHECK(served() == 2);
  scheduler.advance(milliseconds(1));
  CHECK(served() == 4);
  scheduler.advance(milliseconds(200));
  CHECK(served() == 5);  // the most
  scheduler.advance(seconds(10));
  CHECK(served() == 5);
  give_back(0);
  scheduler.advance(seconds(0));
  CHECK(served() == 6);
}

TEST_CASE_FIXTURE(GrowingBench, "semaphore: there are no more while places are given back") {
  ask(6);
  for (std::size_t number = 0; number < 3; ++number) {
    scheduler.advance(milliseconds(150));
    give_back(number);
    scheduler.advance(seconds(0));
    CHECK(served() == static_cast<std::ptrdiff_t>(number) + 3);
  }
  scheduler.advance(milliseconds(200));
  CHECK(served() == 6);  // the one that was left
}

TEST_CASE_FIXTURE(GrowingBench, "semaphore: once nobody waits, there are as few places as at first") {
  ask(3);
  scheduler.advance(milliseconds(200));
  CHECK(served() == 3);
  for (std::size_t number = 0; number < 3; ++number) give_back(number);
  scheduler.advance(seconds(1));
  ask(4);
  CHECK(served() == 5);
  scheduler.advance(milliseconds(200));
  CHECK(served() == 7);
}

TEST_CASE_FIXTURE(GrowingBench, "semaphore: whoever has left the line is not counted") {
  ask(2);
  auto late = start(places.acquire(make_call(milliseconds(100))));
  scheduler.advance(milliseconds(200));
  CHECK(late->value().error().code == ErrorCode::kTimeout);
  give_back(0);
  scheduler.advance(seconds(0));
  ask(2);
  CHECK(served() == 3);
}

TEST_CASE_FIXTURE(GrowingBench, "semaphore: who leaves the line after it has grown leaves no place behind") {
  ask(5);
  auto call = make_call();
  auto cancelled = start(places.acquire(call));
  scheduler.advance(milliseconds(200));
  CHECK(served() == 4);
  call->cancellation->cancel("enough");
  for (std::size_t number = 0; number < 5; ++number) {
    give_back(number);
    scheduler.advance(seconds(0));
  }
  ask(3);
  CHECK(served() == 7);
}

TEST_CASE_FIXTURE(BusyBench, "semaphore: a loop that is busy lets no more in") {
  clock.jump(seconds(1));
  scheduler.advance(milliseconds(200));
  CHECK_FALSE(SemaphoreBench::has_place(second));
  scheduler.advance(milliseconds(200));
  CHECK(SemaphoreBench::has_place(second));
}

TEST_CASE("semaphore: it may end while its line waits") {
  FlowBench bench;
  auto places = std::make_unique<Semaphore>(bench.scheduler, Semaphore::Size{1, 2, milliseconds(200)});
  auto held = bench.start(places->acquire(bench.make_call()));
  auto waits = bench.start(places->acquire(bench.make_call(seconds(1))));
  places.reset();
  bench.scheduler.advance(seconds(2));
  CHECK(held->value().ok());
  CHECK(waits->has_value());
  bench.drain();
}
