// The default scheduler's timers: order, cancelling, timers that make timers.
#include "http/event_loop.h"

#include <doctest/doctest.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <future>
#include <thread>
#include <vector>

#include "support/on_loop.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;

TEST_CASE("loop: timers run by their time, then by their making, and not before") {
  auto loop = make_default_scheduler().value();
  std::vector<int> order;
  std::promise<void> done;
  on_loop(*loop, [&] {
    const TimePoint base = loop->now();
    const auto at = [&](int milliseconds, int mark) {
      const TimePoint due = base + std::chrono::milliseconds(milliseconds);
      loop->call_at(due, [&, due, mark] {
        CHECK(loop->now() >= due);
        order.push_back(mark);
        if (mark == 5) done.set_value();
      });
    };
    at(30, 5);
    at(10, 2);
    at(20, 4);
    at(10, 3);
    at(-1000, 0);
    at(0, 1);
    CHECK(order.empty());
  });
  done.get_future().wait();
  CHECK(order == std::vector<int>{0, 1, 2, 3, 4, 5});
}

TEST_CASE("loop: a cancelled timer does not run, also when another timer of the same turn cancels it") {
  auto loop = make_default_scheduler().value();
  std::atomic<int> wrong{0};
  std::promise<void> done;
  on_loop(*loop, [&] {
    const TimePoint due = loop->now() - std::chrono::milliseconds(1);
    const auto early = loop->call_at(due, [&] { ++wrong; });
    loop->cancel(early);
    loop->cancel(early);
    loop->cancel(0);
    loop->cancel(987654321);
    auto victim = std::make_shared<Scheduler::TimerId>(0);
    loop->call_at(due, [&, victim] { loop->cancel(*victim); });
    *victim = loop->call_at(due, [&] { ++wrong; });
    auto self = std::make_shared<Scheduler::TimerId>(0);
    *self = loop->call_at(due, [&, self] {
      loop->cancel(*self);
      done.set_value();
    });
  });
  done.get_future().wait();
  on_loop(*loop, [] {});
  CHECK(wrong == 0);
}

TEST_CASE("loop: a timer may make timers, and never runs inside call_at") {
  auto loop = make_default_scheduler().value();
  std::promise<int> done;
  int depth = 0;
  int count = 0;
  std::function<void()> again = [&] {
    CHECK(++depth == 1);
    if (++count == 100) {
      done.set_value(count);
    } else {
      loop->call_at(loop->now() - std::chrono::seconds(1), again);
    }
    --depth;
  };
  loop->post([&] { loop->call_at(TimePoint::min(), again); });
  CHECK(done.get_future().get() == 100);
}

TEST_CASE("loop: at its end posted work still runs, timers do not, and what they hold is let go") {
  auto token = std::make_shared<int>(0);
  std::atomic<int> ran{0};
  std::atomic<int> timers{0};
  {
    auto loop = make_default_scheduler().value();
    on_loop(*loop, [&] {
      loop->call_at(loop->now() + std::chrono::hours(1), [&timers, token] { ++timers; });
      loop->call_at(TimePoint::max(), [&timers, token] { ++timers; });
    });
    for (int i = 0; i < 100; ++i) loop->post([&ran, token] { ++ran; });
  }
  CHECK(ran == 100);
  CHECK(timers == 0);
  CHECK(token.use_count() == 1);
}
