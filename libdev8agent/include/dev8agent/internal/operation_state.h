// OperationState<T>: what the handles of one operation share. The orchestrator completes it, handles observe
// it. Not for use by programs: Operation (operation.h) is the handle. Any thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dev8agent/result.h"
#include "dev8agent/scheduler.h"

namespace dev8agent {

// How far an operation has come.
struct Progress {
  // A stable word: "queued", "locating", "creating-share", "creating-container", "provisioning", "starting",
  // "stopping", "restarting", "deleting-container", "deleting-share", "rolling-back", "done".
  std::string stage;
  std::string detail;  // for people: Azure's last event, for example; may be empty
  // How often the present request to Azure is being tried, and when the next attempt follows, while Azure
  // fails or throttles.
  int attempt = 1;
  std::optional<WallTime> next_attempt_at{};

  bool operator==(const Progress&) const = default;
};

namespace internal {

template <class T>
class OperationState {
 public:
  using DoneCallback = std::function<void(const Result<T>&)>;
  using ProgressCallback = std::function<void(const Progress&)>;

  // Sets the outcome and calls the callbacks on this thread. Only the first call counts.
  void complete(Result<T> result) {
    std::vector<DoneCallback> callbacks;
    {
      std::lock_guard lock(mutex_);
      if (result_) return;
      result_.emplace(std::move(result));
      progress_ = {"done", ""};
      callbacks.swap(done_callbacks_);
      progress_callbacks_.clear();
      cancel_ = nullptr;
    }
    changed_.notify_all();
    for (auto& callback : callbacks) callback(*result_);
  }
  // Notes how far the operation is and calls the callbacks on this thread. An empty stage stands for the
  // present one. Ignored after complete().
  void report(Progress progress) {
    std::vector<ProgressCallback> callbacks;
    {
      std::lock_guard lock(mutex_);
      if (result_) return;
      if (progress.stage.empty()) progress.stage = progress_.stage;
      progress_ = progress;
      callbacks = progress_callbacks_;
    }
    for (auto& callback : callbacks) callback(progress);
  }
  // Blocks until complete(). Valid while this object lives.
  const Result<T>& get() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return result_.has_value(); });
    return *result_;
  }
  // Blocks for at most `timeout`; true when complete() was called.
  bool wait_for(std::chrono::milliseconds timeout) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, timeout, [&] { return result_.has_value(); });
  }
  // Calls `callback` at complete(), or at once when that was before.
  void on_done(DoneCallback callback) {
    {
      std::lock_guard lock(mutex_);
      if (!result_) {
        done_callbacks_.push_back(std::move(callback));
        return;
      }
    }
    callback(*result_);
  }
  // Calls `callback` at each later report().
  void on_progress(ProgressCallback callback) {
    std::lock_guard lock(mutex_);
    if (!result_) progress_callbacks_.push_back(std::move(callback));
  }
  Progress progress() {
    std::lock_guard lock(mutex_);
    return progress_;
  }
  // Notes the failure of one attempt of the work.
  void note_failure(Error error) {
    std::lock_guard lock(mutex_);
    last_failure_ = std::move(error);
  }
  std::optional<Error> last_failure() {
    std::lock_guard lock(mutex_);
    return last_failure_;
  }
  // What cancel() calls, on its caller's thread, besides noting the request.
  void set_cancel(std::function<void()> cancel) {
    std::lock_guard lock(mutex_);
    if (!result_) cancel_ = std::move(cancel);
  }
  void cancel() {
    std::function<void()> cancel;
    {
      std::lock_guard lock(mutex_);
      cancel_requested_ = true;
      cancel = cancel_;
    }
    if (cancel) cancel();
  }
  // True from the first cancel() on: whoever begins the work looks here first.
  bool cancel_requested() {
    std::lock_guard lock(mutex_);
    return cancel_requested_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<Result<T>> result_;  // written once
  Progress progress_{"queued", ""};
  std::optional<Error> last_failure_;
  std::vector<DoneCallback> done_callbacks_;
  std::vector<ProgressCallback> progress_callbacks_;
  std::function<void()> cancel_;
  bool cancel_requested_ = false;
};

// A copy of a result; values that are copied only on purpose have a copy().
template <class T>
Result<T> copy_of(const Result<T>& result) {
  if (!result.ok()) return result.error();
  if constexpr (requires(const T& value) { value.copy(); }) {
    return result->copy();
  } else {
    return *result;
  }
}

}  // namespace internal

}  // namespace dev8agent
