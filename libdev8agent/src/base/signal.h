// Signal, KeyedLock and Semaphore: how flows wait for each other on the loop thread. Flows are coroutines on
// one thread, so these suspend a flow and never block. Loop thread only.
//
//   auto hold = co_await locks.acquire(call, id);
//   if (!hold.ok()) co_return hold.error();
//   ...  // alone with `id` until `hold` goes out of scope
//
//   while (!token_is_there()) {                       // one flow fetches, the others wait
//     auto woken = co_await fetched.wait(call);
//     if (!woken.ok()) co_return woken.error();
//   }
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/call.h"
#include "base/task.h"

namespace dev8agent::internal {

// Something that happens again and again; wait() ends at its next occurrence. Occurrences are not stored: one
// that nobody waits for has no effect. A Signal may be destroyed while others wait; they then end with their
// calls.
class Signal {
 public:
  // Success at the next occurrence. kTimeout at the call's deadline, kCancelled when the call is cancelled.
  Task<Status> wait(CallPtr call);
  // Wakes everyone who waits now, each from the scheduler's queue, so after this has returned. Whoever begins
  // to wait later waits for the next occurrence.
  void notify_all(Scheduler& scheduler);
  // Wakes the one who waits longest; false when nobody waits. The one who is woken goes on inside this call.
  bool notify_one();

 private:
  // One open wait.
  struct Waiter {
    std::uint64_t number = 0;          // in the order in which they began to wait
    std::function<void(Status)> done;  // ends the wait
    Scheduler::TimerId timer = 0;      // at the call's deadline; 0: there is none
    Scheduler* scheduler = nullptr;
  };
  struct Waiters {
    std::list<Waiter> queue;
    std::uint64_t next_number = 0;  // notify_all() wakes those with smaller numbers

    // As notify_one().
    bool wake_first();
  };
  // Shared with the waits: one that ends after this object is destroyed still finds its place in the queue.
  // Null until somebody waits.
  std::shared_ptr<Waiters> waiters_;
};

// Lets one operation at a time work on a key, in the order in which they asked. Keys are independent of each
// other. Not recursive: a flow that acquires a key that it holds waits for itself until its deadline.
class KeyedLock {
  // The Signal of a key notifies the next in line; the key is free when it has no entry.
  using Entries = std::map<std::string, Signal>;

 public:
  // `scheduler` must outlive the lock.
  explicit KeyedLock(Scheduler& scheduler) : scheduler_(scheduler) {}

  // Holds the key until destroyed; a moved-from one holds nothing. The lock must outlive it. The next in line
  // gets the key from the scheduler's queue, so not inside the destructor.
  class Hold {
   public:
    Hold(Hold&& other) noexcept : owner_(std::exchange(other.owner_, nullptr)), entry_(other.entry_) {}
    Hold& operator=(Hold&&) = delete;
    ~Hold() {
      if (owner_) owner_->release(entry_);
    }

   private:
    friend class KeyedLock;
    Hold(KeyedLock* owner, Entries::iterator entry) : owner_(owner), entry_(entry) {}

    KeyedLock* owner_;
    Entries::iterator entry_;
  };

  // The key, at once when it is free. kTimeout at the call's deadline, kCancelled when the call is cancelled.
  Task<Result<Hold>> acquire(CallPtr call, std::string key);

 private:
  void release(Entries::iterator entry);

  Scheduler& scheduler_;
  std::shared_ptr<Entries> entries_ = std::make_shared<Entries>();  // one per held key
};

// Lets a limited number of flows at a time into one part of their work, in the order in which they asked.
class Semaphore {
 public:
  // How many places there are. Few are enough where each is soon given back. Where none is, as with a service
  // that is slow to answer, the next in line need not wait for it: the number doubles.
  struct Size {
    int first = 1;  // at least 1
    int most = first;
    // After about so long in which there was a line and no place was given back, unless the loop was too busy
    // to notice. Once nobody waits, it goes back to `first`.
    std::chrono::milliseconds doubles_after{0};
  };

 private:
  struct Places {
    Scheduler& scheduler;
    const Size size;
    int all = size.first;                          // taken or free
    int free = size.first;                         // above zero only while nobody waits
    TimePoint given_back_at{};                     // when one was, the last time
    std::optional<Scheduler::TimerId> doubling{};  // set while it may be due
    Signal waiting{};                              // notifies the next in line
  };
  using PlacesPtr = std::shared_ptr<Places>;
  // Has double_or_wait() called at `due`, unless that is to come anyway or there are as many places as there
  // may be.
  static void watch(const PlacesPtr& places, TimePoint due);
  static void double_or_wait(const PlacesPtr& places, TimePoint due);
  // Takes back a place that nobody waits for.
  static void take_back(Places& places);

 public:
  // `scheduler` must outlive the semaphore and every Hold.
  Semaphore(Scheduler& scheduler, Size size) : places_(std::make_shared<Places>(Places{scheduler, size})) {}
  Semaphore(Semaphore&&) noexcept = default;
  ~Semaphore();

  // One place, until it is released or destroyed. Made without a semaphore, or moved from, it holds none.
  class Hold {
   public:
    Hold() = default;
    explicit Hold(PlacesPtr places) : places_(std::move(places)) {}
    Hold(Hold&&) noexcept = default;
    Hold& operator=(Hold&& other) noexcept {
      release();
      places_ = std::move(other.places_);
      return *this;
    }
    ~Hold() { release(); }
    // The next in line gets the place from the scheduler's queue, so not inside this call.
    void release();

   private:
    PlacesPtr places_;
  };

  // A place, at once when one is free. kTimeout at the call's deadline, kCancelled when the call is
  // cancelled.
  Task<Result<Hold>> acquire(CallPtr call);

 private:
  PlacesPtr places_;
};

}  // namespace dev8agent::internal
