// Detached threads that are counted.
#include "loopback/connection_threads.h"

#include <chrono>
#include <system_error>
#include <thread>
#include <utility>

namespace dev8agent::emulator {
namespace {
constexpr std::chrono::seconds kPatience{3};  // of an idle thread
}

bool ConnectionThreads::enqueue(Work work) {
  const std::lock_guard lock(mutex_);
  if (ended_) return false;
  if (queue_.size() >= idle_ && count_ < most_) {
    try {
      std::thread([this] { run(); }).detach();
      ++count_;
    } catch (const std::system_error&) {
      if (count_ == 0) return false;
    }
  }
  queue_.push_back(std::move(work));
  changed_.notify_one();
  return true;
}

void ConnectionThreads::run() {
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
  --count_;
  changed_.notify_all();
}

void ConnectionThreads::shutdown() {
  std::unique_lock lock(mutex_);
  ended_ = true;
  changed_.notify_all();
  changed_.wait(lock, [this] { return count_ == 0; });
}

std::size_t ConnectionThreads::count() const {
  const std::lock_guard lock(mutex_);
  return count_;
}

}  // namespace dev8agent::emulator
