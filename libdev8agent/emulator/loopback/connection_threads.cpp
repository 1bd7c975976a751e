// Threads that are joined when they have ended: a library's own data of a thread goes before the process
// ends.
#include "loopback/connection_threads.h"

#include <chrono>
#include <system_error>
#include <utility>

namespace dev8agent::emulator {
namespace {
constexpr std::chrono::seconds kPatience{3};  // of an idle thread
}

bool ConnectionThreads::enqueue(Work work) {
  const std::lock_guard lock(mutex_);
  if (ended_) return false;
  join_ended();
  if (queue_.size() >= idle_ && threads_.size() < most_) {
    const auto self = threads_.emplace(threads_.end());
    try {
      *self = std::thread([this, self] { run(self); });
    } catch (const std::system_error&) {
      threads_.erase(self);
      if (threads_.empty()) return false;
    }
  }
  queue_.push_back(std::move(work));
  changed_.notify_one();
  return true;
}

void ConnectionThreads::run(Threads::iterator self) {
  std::unique_lock lock(mutex_);
  for (;;) {
    ++idle_;
    changed_.wait_for(lock, kPatience, [this] { return ended_ || !queue_.empty(); });
    --idle_;
    if (queue_.empty()) break;
    const Work work = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    work();
    lock.lock();
  }
  left_.splice(left_.end(), threads_, self);
  changed_.notify_all();
}

void ConnectionThreads::join_ended() {
  for (std::thread& thread : left_) thread.join();
  left_.clear();
}

void ConnectionThreads::shutdown() {
  std::unique_lock lock(mutex_);
  ended_ = true;
  changed_.notify_all();
  changed_.wait(lock, [this] { return threads_.empty(); });
  join_ended();
}

std::size_t ConnectionThreads::count() const {
  const std::lock_guard lock(mutex_);
  return threads_.size();
}

}  // namespace dev8agent::emulator
