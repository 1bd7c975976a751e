// The pool's threads.
#include "worker_pool.h"

#include <pthread.h>

#include <system_error>
#include <utility>

namespace dev8agentd {

WorkerPool::WorkerPool(std::size_t max_threads, MakeThread make_thread)
    : max_threads_(max_threads), make_thread_(make_thread ? std::move(make_thread) : [](Work work) {
        return std::thread([work = std::move(work)] {
          pthread_setname_np(pthread_self(), "dev8-worker");
          work();
        });
      }) {}

void WorkerPool::enqueue(std::vector<Work>& batch) {
  if (batch.empty()) return;
  std::lock_guard lock(mutex_);
  if (shutdown_) return;
  const std::size_t waiting = queue_.size() + batch.size();
  while (waiting > idle_ && threads_.size() < max_threads_) {
    const std::size_t before = threads_.size();
    grow();
    if (threads_.size() == before || threads_.size() >= waiting) break;
  }
  if (threads_.empty()) return;
  for (Work& work : batch) queue_.push_back(std::move(work));
  batch.size() == 1 ? work_or_end_.notify_one() : work_or_end_.notify_all();
  batch.clear();
}

// A thread that the machine refuses is no disaster: the others do its work, and the next work tries again.
void WorkerPool::grow() {
  try {
    threads_.push_back(make_thread_([this] { run(); }));
  } catch (const std::system_error&) {
  }
}

void WorkerPool::shutdown() {
  std::unique_lock lock(mutex_);
  shutdown_ = true;
  work_or_end_.notify_all();
  std::vector<std::thread> threads = std::exchange(threads_, {});
  lock.unlock();
  for (std::thread& thread : threads) thread.join();
}

void WorkerPool::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    ++idle_;
    work_or_end_.wait(lock, [this] { return shutdown_ || !queue_.empty(); });
    --idle_;
    if (queue_.empty()) return;
    Work work = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    work();
    work = nullptr;
    lock.lock();
  }
}

}  // namespace dev8agentd
