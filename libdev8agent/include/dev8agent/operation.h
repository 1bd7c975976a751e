// Operation<T>: a handle to work in progress. Usable with no knowledge of the loop behind it: block on it,
// poll it, or take a callback. Copies share one operation. All members are safe from any thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dev8agent/result.h"

namespace dev8agent {

// How far an operation has come. `stage` is a stable word: "queued", "locating", "creating-share",
// "creating-container", "provisioning", "starting", "stopping", "deleting-container", "deleting-share",
// "rolling-back", "done". `detail` is for people (Azure's last event, for example).
struct Progress {
  std::string stage;
  std::string detail;
};

namespace internal {

// The shared side of an operation; the orchestrator completes it, handles observe it.
template <class T>
class OperationState {
 public:
  using DoneCallback = std::function<void(const Result<T>&)>;
  using ProgressCallback = std::function<void(const Progress&)>;

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
  void report(Progress progress) {
    std::vector<ProgressCallback> callbacks;
    {
      std::lock_guard lock(mutex_);
      if (result_) return;
      progress_ = progress;
      callbacks = progress_callbacks_;
    }
    for (auto& callback : callbacks) callback(progress);
  }
  const Result<T>& get() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return result_.has_value(); });
    return *result_;
  }
  bool wait_for(std::chrono::milliseconds timeout) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, timeout, [&] { return result_.has_value(); });
  }
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
  void on_progress(ProgressCallback callback) {
    std::lock_guard lock(mutex_);
    if (!result_) progress_callbacks_.push_back(std::move(callback));
  }
  Progress progress() {
    std::lock_guard lock(mutex_);
    return progress_;
  }
  void set_cancel(std::function<void()> cancel) {
    std::lock_guard lock(mutex_);
    if (!result_) cancel_ = std::move(cancel);
  }
  void cancel() {
    std::function<void()> cancel;
    {
      std::lock_guard lock(mutex_);
      cancel = cancel_;
    }
    if (cancel) cancel();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<Result<T>> result_;  // written once
  Progress progress_{"queued", ""};
  std::vector<DoneCallback> done_callbacks_;
  std::vector<ProgressCallback> progress_callbacks_;
  std::function<void()> cancel_;
};

}  // namespace internal

template <class T>
class [[nodiscard]] Operation {
 public:
  explicit Operation(std::shared_ptr<internal::OperationState<T>> state) : state_(std::move(state)) {}

  // Waits for the outcome. The reference is valid while a copy of this handle lives. Not on the loop thread,
  // and not with a VirtualScheduler that has still to be driven: it would wait for itself.
  const Result<T>& get() const { return state_->get(); }
  // Waits at most `timeout`; true when the outcome is there.
  bool wait_for(std::chrono::milliseconds timeout) const { return state_->wait_for(timeout); }
  bool done() const { return wait_for(std::chrono::milliseconds(0)); }

  // Asks the operation to end early. It ends with kCancelled after it has undone what it had begun (unless
  // that has come up by then, which is left and said), or with its result when that came first. Returns at
  // once.
  void cancel() const { state_->cancel(); }

  // Calls `callback` once with the outcome: on the loop thread, or right here when it is known. Must not
  // block.
  void on_done(std::function<void(const Result<T>&)> callback) const { state_->on_done(std::move(callback)); }
  // Calls `callback` at each later change of stage, on the loop thread. Must not block.
  void on_progress(std::function<void(const Progress&)> callback) const {
    state_->on_progress(std::move(callback));
  }
  Progress progress() const { return state_->progress(); }

 private:
  std::shared_ptr<internal::OperationState<T>> state_;
};

}  // namespace dev8agent
