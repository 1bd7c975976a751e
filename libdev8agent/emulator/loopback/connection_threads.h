// ConnectionThreads: a thread for each connection that is being served, made when it is needed and ended when
// it has been idle for a while. Any thread.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <list>
#include <mutex>
#include <thread>

namespace dev8agent::emulator {

class ConnectionThreads {
 public:
  // Serves one connection. It must not throw.
  using Work = std::function<void()>;

  // At most `most` threads; connections beyond wait for one that ends.
  explicit ConnectionThreads(std::size_t most) : most_(most) {}
  ~ConnectionThreads() { shutdown(); }
  ConnectionThreads(const ConnectionThreads&) = delete;

  // False: there is no thread and none can be had, or shutdown() has been called.
  bool enqueue(Work work);
  // Waits until all work is done and every thread has ended.
  void shutdown();
  // How many threads there are.
  std::size_t count() const;

 private:
  using Threads = std::list<std::thread>;
  void run(Threads::iterator self);
  // Ends what those threads hold that have left run(). With the mutex locked: they need it no more.
  void join_ended();

  const std::size_t most_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Work> queue_;
  Threads threads_;  // in run()
  Threads left_;     // have left run(), or are about to
  std::size_t idle_ = 0;
  bool ended_ = false;
};

}  // namespace dev8agent::emulator
