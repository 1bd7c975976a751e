// The default Scheduler: epoll on one thread, with timers and a queue. http/ watches its sockets here too.
#pragma once

#include <functional>
#include <memory>
#include <thread>

#include "dev8agent/scheduler.h"

namespace dev8agent::internal::http {

class EventLoop final : public Scheduler {
 public:
  // Events as in epoll(7).
  using SocketHandler = std::function<void(unsigned events)>;

  // kInternal when the system has no descriptor or thread to spare.
  static Result<std::shared_ptr<EventLoop>> make();
  ~EventLoop() override;

  TimePoint now() const override { return std::chrono::steady_clock::now(); }
  WallTime wall_now() const override { return std::chrono::system_clock::now(); }
  void post(Work work) override;
  TimerId call_at(TimePoint due, Work work) override;
  void cancel(TimerId id) override;
  bool on_loop_thread() const override;

  // Calls `handler` on the loop thread when `fd` is ready; replaces the interest when `fd` is watched
  // already. False when the system refuses: `handler` is then not called. Loop thread only.
  bool watch(int fd, unsigned events, SocketHandler handler);
  void unwatch(int fd);

 private:
  struct Core;
  explicit EventLoop(std::shared_ptr<Core> core);
  std::shared_ptr<Core> core_;
  std::thread thread_;
};

}  // namespace dev8agent::internal::http
