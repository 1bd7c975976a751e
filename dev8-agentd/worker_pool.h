// An elastic pool of threads: it grows to `max_threads` while work waits, and a thread that has been idle for
// ten seconds ends. Work beyond the bound of the queue is refused. Any thread.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

namespace dev8agentd {

class WorkerPool {
 public:
  WorkerPool(std::size_t max_threads, std::size_t max_queue)
      : max_threads_(max_threads), max_queue_(max_queue) {}
  ~WorkerPool() { shutdown(); }
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // False when the queue is full or the pool is shut down.
  bool enqueue(std::function<void()> work);
  // True while work waits for a thread.
  bool saturated() const;
  // Finishes the queue and ends every thread.
  void shutdown();

 private:
  void run();
  void join_finished(std::unique_lock<std::mutex>& lock);

  const std::size_t max_threads_;
  const std::size_t max_queue_;
  mutable std::mutex mutex_;
  std::condition_variable work_or_end_;
  std::deque<std::function<void()>> queue_;
  std::unordered_map<std::thread::id, std::thread> threads_;
  std::vector<std::thread> finished_;
  std::size_t idle_ = 0;
  bool shutdown_ = false;
};

}  // namespace dev8agentd
