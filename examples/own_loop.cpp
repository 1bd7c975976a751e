// The library in a program that has an event loop of its own: nothing blocks, and every outcome arrives on
// the program's thread. This loop is epoll; post() is all that the library needs of it.
//
//   dev8-own-loop ID    creates and deletes an environment, and shows a sign of life meanwhile
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <deque>
#include <functional>
#include <iostream>
#include <mutex>
#include <string>

#include "dev8agent/orchestrator.h"

using namespace dev8agent;

namespace {

// A loop on one thread: work that other threads post, and a tick every 100 ms.
class Loop {
 public:
  explicit Loop(std::function<void()> on_tick) : on_tick_(std::move(on_tick)) {
    const itimerspec often{{0, 100'000'000}, {0, 100'000'000}};
    timerfd_settime(ticks_, 0, &often, nullptr);
    watch(posted_);
    watch(ticks_);
  }
  ~Loop() {
    for (const int descriptor : {epoll_, posted_, ticks_}) close(descriptor);
  }
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // Any thread.
  void post(std::function<void()> work) {
    {
      std::lock_guard lock(mutex_);
      work_.push_back(std::move(work));
    }
    const std::uint64_t one = 1;
    if (write(posted_, &one, sizeof one) != sizeof one) std::abort();
  }
  void run() {
    while (!ended_) {
      epoll_event event{};
      if (epoll_wait(epoll_, &event, 1, -1) != 1) continue;
      std::uint64_t times = 0;
      if (read(event.data.fd, &times, sizeof times) != sizeof times) continue;
      if (event.data.fd == ticks_) {
        on_tick_();
      } else {
        run_posted();
      }
    }
  }
  void end() { ended_ = true; }  // on the loop's thread

 private:
  void watch(int descriptor) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = descriptor;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event);
  }
  void run_posted() {
    std::deque<std::function<void()>> work;
    {
      std::lock_guard lock(mutex_);
      work.swap(work_);
    }
    for (const auto& piece : work) piece();
  }

  int epoll_ = epoll_create1(EPOLL_CLOEXEC);
  int posted_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  int ticks_ = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  std::function<void()> on_tick_;
  bool ended_ = false;
  std::mutex mutex_;
  std::deque<std::function<void()>> work_;  // guarded
};

// Calls `then` with the outcome on the program's loop, not on that of the library.
template <class T>
void on_loop(Loop& loop, const Operation<T>& operation, std::function<void(const Result<T>&)> then) {
  operation.on_done([&loop, operation, then = std::move(then)](const Result<T>&) {
    loop.post([operation, then] { then(operation.get()); });
  });
}

}  // namespace

int main(int count, char** words) {
  if (count != 2) return std::cerr << "usage: dev8-own-loop ID\n", 2;
  const std::string id = words[1];
  auto orchestrator = EnvironmentOrchestrator::from_environment();
  if (!orchestrator.ok()) return std::cerr << orchestrator.error() << "\n", 1;

  int ticks = 0;
  int code = 1;
  Loop loop([&] { ++ticks; });
  const auto end = [&](const Result<Deletion>& outcome) {
    code = outcome.ok() ? 0 : 1;
    if (!outcome.ok()) std::cerr << outcome.error() << "\n";
    loop.end();
  };
  const auto created = [&](const Result<EnvironmentOutcome>& outcome) {
    if (!outcome.ok()) return end(outcome.error());
    std::cout << outcome->environment.connection_urls.vscode_web_url << "\n";
    if (!outcome->changed) return end(make_error(ErrorCode::kConflict, id + " was there before, and stays"));
    on_loop<Deletion>(loop, orchestrator->remove({.id = id, .force = true}), end);
  };
  on_loop<EnvironmentOutcome>(
      loop,
      orchestrator->create(
          {.id = id, .spec = {.name = id, .cpu_cores = 1, .memory_gb = 2, .storage_gb = 10}}),
      created);
  loop.run();
  std::cout << "The loop ticked " << ticks << " times meanwhile.\n";
  return code;
}
