// A few threads for work that does not block. They are made when the first work comes. Any thread.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace dev8agentd {

class WorkerPool {
 public:
  using Work = std::function<void()>;
  // Makes a thread; throws std::system_error when the machine refuses one. Tests give one that does.
  using MakeThread = std::function<std::thread(Work)>;

  explicit WorkerPool(std::size_t max_threads, MakeThread make_thread = {});
  ~WorkerPool() { shutdown(); }
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // Takes the work, in order. What it does not take is left in `batch`: everything, when there is no thread
  // and none can be had, or after shutdown().
  void enqueue(std::vector<Work>& batch);
  // Finishes the queue and ends every thread.
  void shutdown();

 private:
  void run();
  void grow();

  const std::size_t max_threads_;
  const MakeThread make_thread_;
  std::mutex mutex_;
  std::condition_variable work_or_end_;
  std::deque<Work> queue_;
  std::vector<std::thread> threads_;
  std::size_t idle_ = 0;
  bool shutdown_ = false;
};

}  // namespace dev8agentd
