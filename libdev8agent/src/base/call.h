// Call: the limits of one operation, and the waits that respect them. Loop thread only.
//
// Every coroutine that may wait takes a CallPtr and passes it on, down to the transport. So a deadline or a
// cancellation ends the innermost wait, and the error travels back through all frames as a value:
//
//   Task<Status> pause_twice(CallPtr call) {
//     auto first = co_await pause(call, std::chrono::seconds(1));
//     if (!first.ok()) co_return first.error();  // kTimeout or kCancelled
//     auto second = co_await pause(call, std::chrono::seconds(1));
//     co_return second;
//   }
#pragma once

#include <coroutine>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/rare.h"
#include "base/task.h"
#include "dev8agent/internal/operation_state.h"
#include "dev8agent/result.h"
#include "dev8agent/scheduler.h"

namespace dev8agent::internal {

// Ends the waits of one operation when it is cancelled. Owned by its Calls through a shared_ptr. Code that
// calls cancel() should hold a reference of its own: the waits that end may drop all others.
class Cancellation {
 public:
  using Callback = std::function<void()>;

  // Owns the place of one callback; removes the callback on destruction. Movable. An empty one does nothing.
  // The Cancellation must outlive it.
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
    // Removes the callback now, which may be from inside the callback.
    void reset() {
      if (owner_) std::exchange(owner_, nullptr)->callbacks_.erase(place_);
    }

   private:
    Cancellation* owner_ = nullptr;
    std::list<Callback>::iterator place_;
  };

  bool cancelled() const { return why_.has_value(); }
  // Why, as shown to the caller; empty before cancel().
  std::string why() const { return why_ ? *why_ : ""; }

  // Calls every registered callback, the oldest first. Each must drop its registration, or this does not end.
  // Only the first cancel() counts. `why` is shown to the caller.
  void cancel(std::string why) {
    if (cancelled()) return;
    why_ = std::move(why);
    while (!callbacks_.empty()) {
      Callback callback = callbacks_.front();
      callback();
    }
  }
  // For code that can end a wait early; CallbackAwaiter below is the usual one.
  // Calls `callback` at cancel(), as long as the Registration lives. Not at once when cancel() was before:
  // ask cancelled() first.
  [[nodiscard]] Registration on_cancel(Callback callback) {
    callbacks_.push_back(std::move(callback));
    return {this, std::prev(callbacks_.end())};
  }

 private:
  std::list<Callback> callbacks_;  // a list, so that a Registration's place stays valid
  Rare<std::string> why_;          // set by cancel()
};

// A failed attempt that will be repeated, and when.
struct Retry {
  ErrorCode code = ErrorCode::kAzureUnavailable;  // of the failure
  std::string why;                                // the failure in words
  int attempt = 1;                                // number of the next one
  TimePoint due{};                                // when it goes out
};

// Who hears of an operation while it runs. Loop thread only; must not throw.
class CallListener {
 public:
  CallListener() = default;
  CallListener(const CallListener&) = delete;
  CallListener& operator=(const CallListener&) = delete;
  virtual ~CallListener() = default;
  // How far the operation is. Without a stage it is about the present one, such as a wait for another
  // attempt.
  virtual void on_progress(const ProgressReport& report) = 0;
  // An attempt has failed.
  virtual void on_failure(const Error& error) = 0;
  // Azure's own id of an answer, good or bad.
  virtual void on_answer(const std::string& azure_request_id) = 0;
};
using CallListenerPtr = std::shared_ptr<CallListener>;

// Passes everything on to `to`, which may be null. A base for those that keep something back.
class PassingListener : public CallListener {
 public:
  explicit PassingListener(CallListenerPtr to) : to_(std::move(to)) {}
  void on_progress(const ProgressReport& report) override {
    if (to_) to_->on_progress(report);
  }
  void on_failure(const Error& error) override {
    if (to_) to_->on_failure(error);
  }
  void on_answer(const std::string& azure_request_id) override {
    if (to_) to_->on_answer(azure_request_id);
  }

 private:
  CallListenerPtr to_;
};

// For work whose answers are not those that decide the operation.
class WithoutAnswers : public PassingListener {
 public:
  using PassingListener::PassingListener;
  void on_answer(const std::string&) override {}
};

// What a call is known by. All of them may be empty. Calls for the same operation share them.
struct CallNames {
  std::string request_id;    // of the caller, for log records
  std::string trace_id;      // of the caller, for Azure; empty: the request id serves
  std::string operation_id;  // the signed id of the operation (plan/signed_id.h)
};

// The limits of one operation and whom to notify. Made by the orchestrator for each request; parts of the
// library that work for several callers, such as the token cache, make their own. Frames share it through
// CallPtr and do not change it. What a shared deployment changes (its deadline) counts from the next wait on.
struct Call {
  Scheduler* scheduler = nullptr;         // never null once made; must outlive the call
  TimePoint deadline = TimePoint::max();  // max(): never
  std::shared_ptr<Cancellation> cancellation = std::make_shared<Cancellation>();  // never null
  std::shared_ptr<const CallNames> names;                                         // null: all are empty
  Rare<std::string> only_user;  // others' environments do not exist for this call; none: all do
  CallListenerPtr listener;     // null: nobody hears of it

  TimePoint now() const { return scheduler->now(); }
  const CallNames& known_by() const {
    static const CallNames kNothing;
    return names ? *names : kNothing;
  }
  void tell(const ProgressReport& report) const {
    if (listener) listener->on_progress(report);
  }
  // Tells of a wait for another attempt, with the reason, such as AZURE_THROTTLED. Without a `retry` the wait
  // is over: the report is empty and clears the last one.
  void tell_retry(const std::optional<Retry>& retry) const;
  void tell_answer(const std::string& azure_request_id) const {
    if (listener) listener->on_answer(azure_request_id);
  }
  // Remembers the failure of one attempt, for the message of a deadline that passes later, and tells of it.
  // The only thing that frames change in a call.
  void note_failure(const Error& error) const;

  mutable Rare<Error> last_failure;  // of the attempts so far
  mutable TimePoint failed_at{};     // when last_failure was noted
};
// How frames hold a call: by value, because a frame may live longer than the code that made it.
using CallPtr = std::shared_ptr<const Call>;

// The same call with at most `patience` of its time, for one question on the way: its failures and repeats
// are not told to the caller.
CallPtr question_of(const CallPtr& call, std::chrono::milliseconds patience);

// kCancelled with the reason of `cancellation`. Retryable, as are the two below.
Error cancelled_error(const Cancellation& cancellation);
// kTimeout, for a wait that nothing is known about.
Error deadline_error();
// kTimeout with the last failure of `call` in words, its Azure status, code and request id, and the host that
// was not resolved. Only where no request is under way: the status says that Azure refused, while a request
// that is under way may have been carried out.
Error deadline_error(const Call& call);
// The last failure of `call` in words for the end of a message, with its age in seconds, or nothing:
// "; last failure, 12 s before: the name of the host management.azure.com cannot be resolved".
std::string last_failure_text(const Call& call);

// Turns work that ends with a callback into something that can be awaited. `start` begins the work and
// returns how to abandon it; it must not call back before it has returned, and it does not run at all for a
// call that is cancelled already. The wait ends with the callback's value, or with kCancelled when the call
// is cancelled. In that case, and when the awaiting frame is destroyed, the work is abandoned: after that it
// must not call back. The deadline is the work's own business.
//
//   CallbackAwaiter<Done> timer(call, [scheduler, due](std::function<void(Status)> done) {
//     const auto id = scheduler->call_at(due, [done = std::move(done)] { done(Done{}); });
//     return [scheduler, id] { scheduler->cancel(id); };
//   });
//   auto waited = co_await timer;
template <class T>
class CallbackAwaiter {
 public:
  using Start = std::function<std::function<void()>(std::function<void(Result<T>)>)>;

  // Nothing runs before the object is awaited.
  CallbackAwaiter(CallPtr call, Start start) : call_(std::move(call)), start_(std::move(start)) {}
  CallbackAwaiter(const CallbackAwaiter&) = delete;
  ~CallbackAwaiter() {
    if (abandon_) abandon_();
  }

  // The three functions of a C++20 awaiter. It can be awaited once.
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
  // Resumes the frame, which may destroy this object.
  void finish(Result<T> value) {
    registration_.reset();
    value_.emplace(std::move(value));
    waiter_.resume();
  }

  CallPtr call_;
  Start start_;
  std::coroutine_handle<> waiter_;  // the awaiting frame
  std::function<void()> abandon_;   // set while the work is under way
  std::optional<Result<T>> value_;  // set when the wait has ended
  Cancellation::Registration registration_;
};

// Waits for `span`; a negative one counts as zero. kTimeout at once, without waiting, when the call's
// deadline comes first; kCancelled when the call is cancelled.
Task<Status> pause(CallPtr call, std::chrono::nanoseconds span);

}  // namespace dev8agent::internal
