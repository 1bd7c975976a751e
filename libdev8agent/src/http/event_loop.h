// The default Scheduler: epoll on one thread, with timers and a queue. CurlTransport watches its sockets here
// too, so that one thread does all work of an orchestrator and nothing in it needs a lock.
//
//   auto loop = EventLoop::make();
//   (*loop)->post([] { std::puts("on the loop thread"); });
#pragma once

#include <functional>
#include <memory>
#include <thread>

#include "dev8agent/scheduler.h"

namespace dev8agent::internal::http {

// Each turn runs the posted work, then the timers that are due, then the handlers of ready descriptors. Work
// must not block and must not throw. The thread blocks all signals: those are the host program's business.
class EventLoop final : public Scheduler {
 public:
  // `events` is a set of EPOLLIN, EPOLLOUT, EPOLLERR and EPOLLHUP, as in epoll(7).
  using SocketHandler = std::function<void(unsigned events)>;

  // Starts the thread. kInternal: the system has no descriptor or thread to spare.
  static Result<std::shared_ptr<EventLoop>> make();
  // Runs what was posted before, drops the timers and waits for the thread's end. On the loop thread itself
  // it does not wait: the thread then ends after this turn.
  ~EventLoop() override;

  TimePoint now() const override { return std::chrono::steady_clock::now(); }
  WallTime wall_now() const override { return std::chrono::system_clock::now(); }
  // The contracts of these four are in dev8agent/scheduler.h.
  void post(Work work) override;
  TimerId call_at(TimePoint due, Work work) override;
  void cancel(TimerId id) override;
  bool on_loop_thread() const override;

  // Calls `handler` on the loop thread whenever `fd` is ready for one of `events`; replaces events and
  // handler when `fd` is watched already. False when the system refuses: `handler` is then never called. `fd`
  // stays the caller's, who must unwatch it before closing it. Loop thread only.
  bool watch(int fd, unsigned events, SocketHandler handler);
  // After this returns, the handler of `fd` is not called again. A descriptor that is not watched is ignored.
  // Loop thread only.
  void unwatch(int fd);

 private:
  // What the thread works on. Shared with the thread, which may outlive this object for one turn.
  struct Core;
  explicit EventLoop(std::shared_ptr<Core> core);
  std::shared_ptr<Core> core_;
  std::thread thread_;
};

}  // namespace dev8agent::internal::http
