// EventLoop: one thread, its timers, its queue and its descriptors.
#include "http/event_loop.h"

#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <map>
#include <mutex>
#include <system_error>
#include <unordered_map>
#include <vector>

namespace dev8agent::internal::http {

struct EventLoop::Core {
  ~Core();
  bool open();
  void run();
  void run_posted();
  void run_timers();
  int wait_milliseconds() const;
  void wake() const;

  int epoll_fd = -1;
  int wake_fd = -1;

  std::mutex mutex;  // guards what follows up to the blank line
  std::vector<Work> posted;
  bool stopping = false;

  std::map<std::pair<TimePoint, TimerId>, Work> timers;
  std::unordered_map<TimerId, TimePoint> due_of;
  TimerId last_timer = 0;
  std::unordered_map<int, std::shared_ptr<SocketHandler>> handlers;
};

// False, with errno, when the system has no descriptor to spare.
bool EventLoop::Core::open() {
  epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  if (epoll_fd >= 0) wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = wake_fd;
  return wake_fd >= 0 && epoll_ctl(epoll_fd, EPOLL_CTL_ADD, wake_fd, &event) == 0;
}

EventLoop::Core::~Core() {
  if (wake_fd >= 0) close(wake_fd);
  if (epoll_fd >= 0) close(epoll_fd);
}

void EventLoop::Core::wake() const {
  const std::uint64_t one = 1;
  // A full counter means that a wake-up is under way already.
  [[maybe_unused]] const auto written = write(wake_fd, &one, sizeof one);
}

void EventLoop::Core::run_posted() {
  std::vector<Work> batch;
  {
    std::lock_guard lock(mutex);
    batch.swap(posted);
  }
  for (Work& work : batch) {
    work();
    work = nullptr;
  }
}

void EventLoop::Core::run_timers() {
  const TimePoint now = std::chrono::steady_clock::now();
  while (!timers.empty() && timers.begin()->first.first <= now) {
    auto node = timers.extract(timers.begin());
    due_of.erase(node.key().second);
    node.mapped()();
  }
}

int EventLoop::Core::wait_milliseconds() const {
  if (timers.empty()) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(timers.begin()->first.first -
                                                                 std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp<long long>(left.count(), 0, 60'000));
}

void EventLoop::Core::run() {
  std::array<epoll_event, 64> events;
  for (;;) {
    run_posted();
    run_timers();
    int wait = wait_milliseconds();
    {
      std::lock_guard lock(mutex);
      if (stopping && posted.empty()) return;
      if (!posted.empty()) wait = 0;
    }
    const int count = epoll_wait(epoll_fd, events.data(), static_cast<int>(events.size()), wait);
    for (int i = 0; i < count; ++i) {
      const int fd = events[static_cast<std::size_t>(i)].data.fd;
      if (fd == wake_fd) {
        std::uint64_t drained = 0;
        [[maybe_unused]] const auto got = read(wake_fd, &drained, sizeof drained);
        continue;
      }
      auto found = handlers.find(fd);
      if (found == handlers.end()) continue;  // unwatched by an earlier handler of this batch
      auto handler = found->second;
      (*handler)(events[static_cast<std::size_t>(i)].events);
    }
  }
}

Result<std::shared_ptr<EventLoop>> EventLoop::make() {
  auto core = std::make_shared<Core>();
  const auto failed = [](const std::error_code& why) {
    return make_error(ErrorCode::kInternal, "the event loop could not start: " + why.message());
  };
  if (!core->open()) return failed(std::error_code(errno, std::generic_category()));
  try {
    return std::shared_ptr<EventLoop>(new EventLoop(std::move(core)));
  } catch (const std::system_error& no_thread) {
    return failed(no_thread.code());
  }
}

EventLoop::EventLoop(std::shared_ptr<Core> core) : core_(std::move(core)) {
  // The thread inherits the mask: signals are the host program's business.
  struct BlockSignals {
    BlockSignals() {
      sigset_t all;
      sigfillset(&all);
      pthread_sigmask(SIG_SETMASK, &all, &before);
    }
    ~BlockSignals() { pthread_sigmask(SIG_SETMASK, &before, nullptr); }
    sigset_t before;
  } blocked;
  thread_ = std::thread([core = core_] {
    pthread_setname_np(pthread_self(), "dev8-azure");  // for top(1), perf(1) and debuggers
    core->run();
  });
}

EventLoop::~EventLoop() {
  {
    std::lock_guard lock(core_->mutex);
    core_->stopping = true;
  }
  core_->wake();
  // The last reference may go on the loop thread itself, which then ends after this turn.
  if (on_loop_thread()) {
    thread_.detach();
  } else {
    thread_.join();
  }
}

bool EventLoop::on_loop_thread() const {
  return std::this_thread::get_id() == thread_.get_id();
}

void EventLoop::post(Work work) {
  std::unique_lock lock(core_->mutex);
  if (core_->stopping) return;
  core_->posted.push_back(std::move(work));
  // One wake-up is enough for all work until the loop takes it.
  const bool first = core_->posted.size() == 1;
  lock.unlock();
  if (first && !on_loop_thread()) core_->wake();
}

Scheduler::TimerId EventLoop::call_at(TimePoint due, Work work) {
  const TimerId id = ++core_->last_timer;
  core_->timers.emplace(std::pair(due, id), std::move(work));
  core_->due_of.emplace(id, due);
  return id;
}

void EventLoop::cancel(TimerId id) {
  auto found = core_->due_of.find(id);
  if (found == core_->due_of.end()) return;
  core_->timers.erase(std::pair(found->second, id));
  core_->due_of.erase(found);
}

bool EventLoop::watch(int fd, unsigned events, SocketHandler handler) {
  epoll_event event{};
  event.events = events;
  event.data.fd = fd;
  core_->handlers.insert_or_assign(fd, std::make_shared<SocketHandler>(std::move(handler)));
  return epoll_ctl(core_->epoll_fd, EPOLL_CTL_MOD, fd, &event) == 0 ||
         epoll_ctl(core_->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

void EventLoop::unwatch(int fd) {
  core_->handlers.erase(fd);
  epoll_ctl(core_->epoll_fd, EPOLL_CTL_DEL, fd, nullptr);
}

}  // namespace dev8agent::internal::http

namespace dev8agent {
inline namespace DEV8AGENT_ABI {

using namespace internal;

Result<std::shared_ptr<Scheduler>> make_default_scheduler() {
  auto loop = http::EventLoop::make();
  if (!loop.ok()) return loop.error();
  return std::shared_ptr<Scheduler>(std::move(*loop));
}

}  // namespace DEV8AGENT_ABI
}  // namespace dev8agent
