// The elastic pool's threads.
#include "worker_pool.h"

#include <chrono>
#include <utility>

namespace dev8agentd {
namespace {
constexpr std::chrono::seconds kIdleTime{10};
}

bool WorkerPool::enqueue(std::function<void()> work) {
  std::unique_lock lock(mutex_);
  join_finished(lock);
  if (shutdown_ || queue_.size() >= max_queue_) return false;
  queue_.push_back(std::move(work));
  // An idle thread counts only once, however much work arrives before it wakes.
  if (queue_.size() > idle_ && threads_.size() < max_threads_) {
    std::thread thread([this] { run(); });
    const std::thread::id id = thread.get_id();
    threads_.emplace(id, std::move(thread));
  }
  work_or_end_.notify_one();
  return true;
}

bool WorkerPool::saturated() const {
  std::lock_guard lock(mutex_);
  return queue_.size() > idle_ && threads_.size() >= max_threads_;
}

void WorkerPool::shutdown() {
  std::unique_lock lock(mutex_);
  shutdown_ = true;
  work_or_end_.notify_all();
  for (auto& [id, thread] : std::exchange(threads_, {})) finished_.push_back(std::move(thread));
  join_finished(lock);
}

void WorkerPool::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    ++idle_;
    work_or_end_.wait_for(lock, kIdleTime, [this] { return shutdown_ || !queue_.empty(); });
    --idle_;
    if (queue_.empty()) break;
    std::function<void()> work = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    work();
    work = nullptr;
    lock.lock();
  }
  if (const auto self = threads_.find(std::this_thread::get_id()); self != threads_.end()) {
    finished_.push_back(std::move(self->second));
    threads_.erase(self);
  }
}

void WorkerPool::join_finished(std::unique_lock<std::mutex>& lock) {
  std::vector<std::thread> finished = std::exchange(finished_, {});
  lock.unlock();
  for (std::thread& thread : finished) thread.join();
  lock.lock();
}

}  // namespace dev8agentd
