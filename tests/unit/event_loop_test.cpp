// The default scheduler: order of work, other threads, descriptors, and its end.
#include "http/event_loop.h"

#include <doctest/doctest.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <future>
#include <memory>
#include <thread>
#include <vector>

#include "support/on_loop.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;

TEST_CASE("loop: posted work runs in order, on one thread, also what work posts") {
  auto loop = make_default_scheduler().value();
  std::vector<int> order;
  std::promise<void> done;
  for (int i = 0; i < 1000; ++i) loop->post([&, i] { order.push_back(i); });
  loop->post([&] {
    order.push_back(loop->on_loop_thread() ? 1000 : -1);
    loop->post([&] {
      order.push_back(1001);
      done.set_value();
    });
  });
  done.get_future().wait();
  REQUIRE(order.size() == 1002);
  for (int i = 0; i < 1002; ++i) CHECK(order[static_cast<std::size_t>(i)] == i);
  CHECK_FALSE(loop->on_loop_thread());
}

TEST_CASE("loop: work from many threads is neither lost nor doubled, and each thread's keeps its order") {
  auto loop = make_default_scheduler().value();
  std::array<std::vector<int>, 8> seen;
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < seen.size(); ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 2000; ++i) loop->post([&, t, i] { seen[t].push_back(i); });
    });
  }
  for (std::thread& thread : threads) thread.join();
  on_loop(*loop, [] {});
  for (const auto& list : seen) {
    REQUIRE(list.size() == 2000);
    for (int i = 0; i < 2000; ++i) CHECK(list[static_cast<std::size_t>(i)] == i);
  }
}

TEST_CASE("loop: its last reference may go on its own thread, in the middle of work") {
  std::promise<void> released;
  std::promise<void> done;
  auto finished = done.get_future();
  auto loop = make_default_scheduler().value();
  loop->post([last = loop, released = released.get_future().share(), &done]() mutable {
    released.wait();
    last.reset();
    done.set_value();
  });
  loop.reset();
  released.set_value();
  finished.wait();
}

TEST_CASE("loop: a watched descriptor tells when it is ready, and not after unwatch") {
  auto loop = http::EventLoop::make().value();
  std::array<int, 2> ends{};
  REQUIRE(pipe(ends.data()) == 0);
  std::promise<unsigned> ready;
  std::atomic<int> calls{0};
  on_loop(*loop, [&] {
    loop->watch(ends[0], EPOLLIN, [&](unsigned events) {
      ++calls;
      loop->unwatch(ends[0]);
      ready.set_value(events);
    });
  });
  REQUIRE(write(ends[1], "x", 1) == 1);
  CHECK((ready.get_future().get() & EPOLLIN) != 0);
  REQUIRE(write(ends[1], "x", 1) == 1);
  on_loop(*loop, [] {});
  on_loop(*loop, [&] { loop->unwatch(ends[0]); });
  CHECK(calls == 1);
  close(ends[0]);
  close(ends[1]);
}

TEST_CASE("loop: a descriptor that epoll refuses is reported, not thrown") {
  const auto loop = http::EventLoop::make().value();
  const std::unique_ptr<FILE, int (*)(FILE*)> file(std::tmpfile(),
                                                   &std::fclose);  // epoll takes no regular files
  REQUIRE(file);
  bool watched = true;
  on_loop(*loop, [&] { watched = loop->watch(fileno(file.get()), 1, [](unsigned) {}); });
  CHECK_FALSE(watched);
}
