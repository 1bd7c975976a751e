// Admission: how many callers may wait for operations of one kind at the same time, and how many such
// operations may be under way, with or without a caller. Callers beyond these limits are refused with 503 at
// once. So memory stays bounded however slow Azure is. Any thread.
//
//   Admission::Place place(agent.writes);
//   if (!place.granted()) return too_many_callers(request);
//   // Keep `place` until the caller has its answer, or has gone.
//
// Callers and operations are counted apart, because an operation goes on when its caller stops waiting.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>

namespace dev8agentd {

// Places are only counted, not queued: a refused caller has to come again.
class Admission {
 public:
  // At most `max_waiting` places are granted at a time, and none while `max_running` operations are under
  // way.
  Admission(int max_waiting, int max_running) : max_waiting_(max_waiting), max_running_(max_running) {}
  Admission(const Admission&) = delete;
  Admission& operator=(const Admission&) = delete;

  // One caller's place. It counts from its construction, granted or not, and gives itself back when it is
  // destroyed. Movable, so that a waiting answer can own it. The Admission must outlive it.
  class Place {
   public:
    explicit Place(Admission& admission) : admission_(&admission) { ++admission.waiting_; }
    Place(Place&& other) noexcept : admission_(other.admission_) { other.admission_ = nullptr; }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    Place& operator=(Place&&) = delete;
    ~Place() { leave(); }
    // Gives the place back now, for a caller who has gone before the answer. Repeats do nothing.
    void leave() {
      if (admission_ != nullptr && --admission_->waiting_ == 0) admission_->tell_empty();
      admission_ = nullptr;
    }
    // False: there are too many callers or operations. The place is then to be given back and the caller
    // refused. Ask right after construction; not after leave().
    bool granted() const {
      return admission_->waiting_ <= admission_->max_waiting_ &&
             admission_->running_ < admission_->max_running_;
    }

   private:
    Admission* admission_;
  };

  // Called once at the start and once at the end of each operation; see measure() in await_operation.h.
  void operation_started() { ++running_; }
  void operation_ended() { --running_; }

  // How many callers wait now.
  int waiting() const { return waiting_; }

  // Blocks until no caller waits, or until `deadline`; true when none does. Used at shutdown.
  bool wait_until_empty(std::chrono::steady_clock::time_point deadline) {
    std::unique_lock lock(mutex_);
    return emptied_.wait_until(lock, deadline, [this] { return waiting_ == 0; });
  }

 private:
  // Under the lock, so that no waiter misses it between its look at the number and its sleep.
  void tell_empty() {
    std::lock_guard lock(mutex_);
    emptied_.notify_all();
  }

  const int max_waiting_;        // of callers
  const int max_running_;        // of operations
  std::atomic<int> waiting_{0};  // places that are held
  std::atomic<int> running_{0};  // operations under way
  std::mutex mutex_;
  std::condition_variable emptied_;
};

}  // namespace dev8agentd
