// WorkerPool: a few threads for work that does not block. They are made when work comes that no thread is
// free for. Any thread.
//
//   std::vector<WorkerPool::Work> batch = {[] { answer(); }};
//   pool.enqueue(batch);
//   for (auto& work : batch) work();  // what was not taken: no thread can be had
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
  // One piece of work. It must not throw.
  using Work = std::function<void()>;
  // Makes a thread; throws std::system_error when the machine refuses one. Tests give one that does. Null:
  // std::thread.
  using MakeThread = std::function<std::thread(Work)>;

  explicit WorkerPool(std::size_t max_threads, MakeThread make_thread = {});
  // Finishes the queue, as shutdown() does.
  ~WorkerPool() { shutdown(); }
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // Takes the work, in order, and empties `batch`. Never blocks for long. What it does not take is left in
  // `batch`: everything, when there is no thread and none can be had, or after shutdown().
  void enqueue(std::vector<Work>& batch);
  // Finishes the queue, ends every thread and waits for them. Not from one of them. A second call does
  // nothing.
  void shutdown();

 private:
  // What each thread does.
  void run();
  // Makes one more thread, if the machine lets it.
  void grow();

  const std::size_t max_threads_;
  const MakeThread make_thread_;
  std::mutex mutex_;
  std::condition_variable work_or_end_;
  std::deque<Work> queue_;
  std::vector<std::thread> threads_;
  std::size_t idle_ = 0;  // threads that wait for work
  bool shutdown_ = false;
};

}  // namespace dev8agentd
