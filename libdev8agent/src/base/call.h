// Call: the limits of one operation, and the waits that respect them. Loop thread only.
#pragma once

#include <coroutine>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/task.h"
#include "dev8agent/result.h"
#include "dev8agent/scheduler.h"

namespace dev8agent::internal {

// Tells the waits of one operation that it should end.
class Cancellation {
 public:
  using Callback = std::function<void()>;

  // Removes its callback on destruction.
  class Registration {
   public:
    Registration() = default;
    Registration(Cancellation* owner, std::list<Callback>::iterator place) : owner_(owner), place_(place) {}
    Registration(Registration&& other) noexcept
        : owner_(std::exchange(other.owner_, nullptr)), place_(other.place_) {}
    Registration& operator=(Registration&& other) noexcept {
      reset();
      owner_ = std::exchange(other.owner_, nullptr);
      place_ = other.place_;
      return *this;
    }
    ~Registration() { reset(); }
    void reset() {
      if (owner_) std::exchange(owner_, nullptr)->callbacks_.erase(place_);
    }

   private:
    Cancellation* owner_ = nullptr;
    std::list<Callback>::iterator place_;
  };

  bool cancelled() const { return cancelled_; }
  const std::string& why() const { return why_; }

  // Ends every registered wait; each callback is expected to drop its registration. `why` is shown to the
  // caller.
  void cancel(std::string why) {
    if (cancelled_) return;
    cancelled_ = true;
    why_ = std::move(why);
    while (!callbacks_.empty()) {
      Callback callback = callbacks_.front();
      callback();
    }
  }
  [[nodiscard]] Registration on_cancel(Callback callback) {
    callbacks_.push_back(std::move(callback));
    return {this, std::prev(callbacks_.end())};
  }

 private:
  std::list<Callback> callbacks_;
  bool cancelled_ = false;
  std::string why_;
};

// A failed attempt that will be repeated.
struct Retry {
  std::string why;  // the failure in words
  int attempt = 1;  // number of the next one
  TimePoint due{};
};

struct Call {
  Scheduler* scheduler = nullptr;
  TimePoint deadline = TimePoint::max();
  std::shared_ptr<Cancellation> cancellation = std::make_shared<Cancellation>();
  std::string request_id;
  std::string operation_id;  // empty: none
  // Told of each wait for another attempt, and with nothing when one has succeeded after all. May be null.
  std::function<void(const std::optional<Retry>&)> on_retry;

  TimePoint now() const { return scheduler->now(); }
  // Remembers the failure of one attempt, for the message of a deadline that passes later, and passes it on.
  void note_failure(const Error& error) const {
    last_failure = error;
    failed_at = now();
    if (on_failure) on_failure(error);
  }
  std::function<void(const Error&)> on_failure{};  // called with each of them

  mutable std::optional<Error> last_failure;  // of the attempts so far
  mutable TimePoint failed_at{};
};
using CallPtr = std::shared_ptr<const Call>;

Error cancelled_error(const Cancellation& cancellation);
// kTimeout, for a wait that nothing is known about.
Error deadline_error();
// kTimeout with the last failure of `call` in words and with its Azure status and code. Only where no request
// is under way: the status tells that Azure refused.
Error deadline_error(const Call& call);
// The last failure of `call` in words for the end of a message, or nothing.
std::string last_failure_text(const Call& call);

// Waits for a callback. `start` begins the work and returns how to abandon it; it must not call back before
// it has returned. The wait ends with the callback's value, or with the call's cancellation, and abandons the
// work when the awaiting frame is destroyed.
template <class T>
class CallbackAwaiter {
 public:
  using Start = std::function<std::function<void()>(std::function<void(Result<T>)>)>;

  CallbackAwaiter(CallPtr call, Start start) : call_(std::move(call)), start_(std::move(start)) {}
  CallbackAwaiter(const CallbackAwaiter&) = delete;
  ~CallbackAwaiter() {
    if (abandon_) abandon_();
  }

  bool await_ready() {
    if (call_->cancellation->cancelled()) value_.emplace(cancelled_error(*call_->cancellation));
    return value_.has_value();
  }
  void await_suspend(std::coroutine_handle<> handle) {
    waiter_ = handle;
    registration_ = call_->cancellation->on_cancel([this] {
      std::exchange(abandon_, nullptr)();
      finish(cancelled_error(*call_->cancellation));
    });
    abandon_ = start_([this](Result<T> value) {
      abandon_ = nullptr;
      finish(std::move(value));
    });
  }
  Result<T> await_resume() { return std::move(*value_); }

 private:
  void finish(Result<T> value) {
    registration_.reset();
    value_.emplace(std::move(value));
    waiter_.resume();
  }

  CallPtr call_;
  Start start_;
  std::coroutine_handle<> waiter_;
  std::function<void()> abandon_;
  std::optional<Result<T>> value_;
  Cancellation::Registration registration_;
};

// Waits for `span`. kTimeout at once when the call's deadline comes first; kCancelled when the call is
// cancelled.
Task<Status> pause(CallPtr call, std::chrono::nanoseconds span);

}  // namespace dev8agent::internal
