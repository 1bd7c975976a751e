// How many callers may wait for operations of one kind at the same time, and how many such operations may be
// under way, with or without a caller. Any thread.
#pragma once

#include <atomic>

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
      if (admission_ != nullptr) --admission_->waiting_;
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

 private:
  const int max_waiting_;
  const int max_running_;
  std::atomic<int> waiting_{0};
  std::atomic<int> running_{0};
};

}  // namespace dev8agentd
