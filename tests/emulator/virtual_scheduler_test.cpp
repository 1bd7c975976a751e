// VirtualScheduler: order of work, movement of the clock, cancelling.
#include "cloud.h"

using namespace emulator_test;

TEST_SUITE("virtual scheduler") {
  TEST_CASE("posted work runs in order and before timers") {
    VirtualScheduler clock;
    std::string order;
    clock.call_at(clock.now(), [&] { order += 't'; });
    clock.post([&] { order += 'a'; });
    clock.post([&] {
      order += 'b';
      clock.post([&] { order += 'c'; });
    });
    while (clock.run_one()) {
    }
    CHECK(order == "abct");
  }

  TEST_CASE("timers run by time, then by age, and move both clocks") {
    VirtualScheduler clock;
    const auto start = clock.now();
    const auto wall = clock.wall_now();
    std::string order;
    clock.call_at(start + 2s, [&] { order += '2'; });
    clock.call_at(start + 1s, [&] { order += '1'; });
    clock.call_at(start + 2s, [&] { order += '3'; });
    CHECK(clock.now() == start);
    CHECK(clock.run_until([&] { return order.size() == 3; }));
    CHECK(order == "123");
    CHECK(clock.now() == start + 2s);
    CHECK(clock.wall_now() == wall + 2s);
    CHECK_FALSE(clock.run_until([] { return false; }));
  }

  TEST_CASE("wall time starts in January 2026") {
    const auto start = std::chrono::sys_days{std::chrono::year{2026} / 1 / 15} + 8h + 30min;
    CHECK(VirtualScheduler().wall_now() == start);
  }

  TEST_CASE("a cancelled timer does not run, even when another timer of its time cancels it") {
    VirtualScheduler clock;
    int runs = 0;
    dev8agent::Scheduler::TimerId second = 0;
    clock.call_at(clock.now() + 1s, [&] { clock.cancel(second); });
    second = clock.call_at(clock.now() + 1s, [&] { ++runs; });
    clock.cancel(12345);
    clock.advance(2s);
    CHECK(runs == 0);
  }

  TEST_CASE("advance() runs what is due and leaves the rest") {
    VirtualScheduler clock;
    const auto start = clock.now();
    std::string order;
    clock.call_at(start + 1s, [&] {
      clock.call_at(start + 3s, [&] { order += 'b'; });
      order += 'a';
    });
    clock.call_at(start + 10s, [&] { order += 'z'; });
    clock.advance(5s);
    CHECK(order == "ab");
    CHECK(clock.now() == start + 5s);
  }

  TEST_CASE("work that is left at the end may still use the scheduler in its destructor") {
    struct Canceller {
      VirtualScheduler* clock;
      ~Canceller() { clock->cancel(1); }
    };
    VirtualScheduler clock;
    auto shared = std::make_shared<Canceller>(Canceller{&clock});
    clock.call_at(clock.now() + 1s, [shared] {});
    clock.post([moved = std::move(shared)] {});
  }
}
