// How many callers may wait for operations of one kind at the same time, and how many such operations may be
// under way, with or without a caller. Any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>

namespace dev8agentd {

class Admission {
 public:
  Admission(int max_waiting, int max_running) : max_waiting_(max_waiting), max_running_(max_running) {}
  Admission(const Admission&) = delete;
  Admission& operator=(const Admission&) = delete;

  // A caller's place; gives itself back.
  class Place {
   public:
    explicit Place(Admission& admission) : admission_(&admission) { ++admission.waiting_; }
    Place(Place&& other) noexcept : admission_(other.admission_) { other.admission_ = nullptr; }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    Place& operator=(Place&&) = delete;
    ~Place() { leave(); }
    // Gives the place back now.
    void leave() {
      if (admission_ != nullptr && --admission_->waiting_ == 0) admission_->tell_empty();
      admission_ = nullptr;
    }
    // False: there are too many; the place is to be given back and the caller refused.
    bool granted() const {
      return admission_->waiting_ <= admission_->max_waiting_ &&
             admission_->running_ < admission_->max_running_;
    }

   private:
    Admission* admission_;
  };

  void operation_started() { ++running_; }
  void operation_ended() { --running_; }

  // Blocks until no caller waits, or until `deadline`; true when none does.
  bool wait_until_empty(std::chrono::steady_clock::time_point deadline) {
    std::unique_lock lock(mutex_);
    return emptied_.wait_until(lock, deadline, [this] { return waiting_ == 0; });
  }

 private:
  void tell_empty() {
    std::lock_guard lock(mutex_);
    emptied_.notify_all();
  }

  const int max_waiting_;
  const int max_running_;
  std::atomic<int> waiting_{0};
  std::atomic<int> running_{0};
  std::mutex mutex_;
  std::condition_variable emptied_;
};

}  // namespace dev8agentd
