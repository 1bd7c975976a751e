// Signal and KeyedLock: waiting for each other on the loop thread.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "base/call.h"
#include "base/task.h"

namespace dev8agent::internal {

// Something that happens again and again; wait() ends at its next occurrence.
class Signal {
 public:
  // kTimeout at the call's deadline, kCancelled when the call is cancelled.
  Task<Status> wait(CallPtr call);
  // Wakes everyone who waits now, each from the scheduler's queue.
  void notify_all(Scheduler& scheduler);
  // Wakes the one who waits longest; false when nobody waits.
  bool notify_one();

 private:
  struct Waiter {
    std::uint64_t number = 0;  // in the order of their coming
    std::function<void(Status)> done;
    Scheduler::TimerId timer = 0;
    Scheduler* scheduler = nullptr;
  };
  struct Waiters {
    std::list<Waiter> queue;
    std::uint64_t next_number = 0;

    bool wake_first();
  };
  // Shared with waits that may outlive this object's owner being torn down.
  std::shared_ptr<Waiters> waiters_ = std::make_shared<Waiters>();
};

// Lets one operation at a time work on a key, in the order in which they asked.
class KeyedLock {
 public:
  explicit KeyedLock(Scheduler& scheduler) : scheduler_(scheduler) {}

  // Holds the key until destroyed.
  class Hold {
   public:
    Hold(KeyedLock* owner, std::string key) : owner_(owner), key_(std::move(key)) {}
    Hold(Hold&& other) noexcept : owner_(std::exchange(other.owner_, nullptr)), key_(std::move(other.key_)) {}
    Hold& operator=(Hold&&) = delete;
    ~Hold() {
      if (owner_) owner_->release(key_);
    }

   private:
    KeyedLock* owner_;
    std::string key_;
  };

  Task<Result<Hold>> acquire(CallPtr call, std::string key);

 private:
  using Entries = std::map<std::string, Signal>;
  void release(const std::string& key);

  Scheduler& scheduler_;
  std::shared_ptr<Entries> entries_ = std::make_shared<Entries>();  // one per held key
};

}  // namespace dev8agent::internal
