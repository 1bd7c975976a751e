// OperationState<T>: what the handles of one operation share. The orchestrator completes it, handles observe
// it. Not for use by programs: Operation (operation.h) is the handle. Any thread.
//
// It stands in a public header because Operation is a template. Handles and the running work hold it through
// a shared_ptr, so it lives as long as one of them. One mutex guards all members; no callback is called while
// it is locked, so callbacks may use the handle.
//
//   auto state = std::make_shared<OperationState<Done>>();
//   dev8agent::Operation<Done> handle(state);   // for the caller
//   state->report({Stage::kLocating, ""});      // from the loop thread, any number of times
//   state->complete(Done{});                    // once
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

#include "dev8agent/export.h"
#include "dev8agent/progress.h"
#include "dev8agent/result.h"
#include "dev8agent/scheduler.h"

namespace dev8agent::internal {

// Ends the program: a thread waits for an operation that it has to bring to its end itself. Not inline, so
// that it is the same in every build of the program.
[[noreturn]] DEV8AGENT_EXPORT void waited_for_itself();

// One report of the work. Without a stage it is about the present one.
struct ProgressReport {
  std::optional<Stage> stage{};
  std::string detail{};
  int attempt = 1;
  std::optional<WallTime> next_attempt_at{};
};

// Waiting and running at first; complete after the first complete(), for good.
template <class T>
class OperationState {
 public:
  // Callbacks must not throw. What they capture is destroyed after complete() has called them.
  using DoneCallback = std::function<void(const Result<T>&)>;
  using ProgressCallback = std::function<void(const Progress&)>;

  // Sets the outcome and calls the callbacks on this thread, in the order in which they were registered. Only
  // the first call counts. Threads that block in get() or wait_for() go on before or while the callbacks run.
  // The stage becomes kDone; on_progress() callbacks are dropped and not called for it. The caller must
  // hold a reference to this object: a callback may drop the last handle.
  void complete(Result<T> result) {
    std::vector<DoneCallback> callbacks;
    {
      std::lock_guard lock(mutex_);
      if (result_) return;
      result_.emplace(std::move(result));
      progress_ = {Stage::kDone, ""};
      // Taken out, so that what callbacks capture, often a handle, does not keep this object alive.
      callbacks.swap(done_callbacks_);
      progress_callbacks_.clear();
      cancel_ = nullptr;
      loop_.reset();
    }
    changed_.notify_all();
    // Without the lock: result_ does not change any more.
    for (auto& callback : callbacks) callback(*result_);
  }
  // Notes how far the operation is and calls the callbacks on this thread, also when the stage is the same as
  // before. Ignored after complete().
  void report(ProgressReport report) {
    Progress progress;
    std::vector<ProgressCallback> callbacks;
    {
      std::lock_guard lock(mutex_);
      if (result_) return;
      progress = {report.stage.value_or(progress_.stage), std::move(report.detail), report.attempt,
                  report.next_attempt_at};
      progress_ = progress;
      // A copy: a callback may register another one.
      callbacks = progress_callbacks_;
    }
    for (auto& callback : callbacks) callback(progress);
  }
  // Blocks until complete(). The reference is valid while this object lives. On the thread that has to
  // complete it, this ends the program.
  const Result<T>& get() {
    require_other_thread();
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return result_.has_value(); });
    return *result_;
  }
  // Blocks for at most `timeout`, not at all for zero; true when complete() was called. On the thread that
  // has to complete it, only zero is allowed.
  bool wait_for(std::chrono::milliseconds timeout) {
    if (timeout.count() > 0) require_other_thread();
    std::unique_lock lock(mutex_);
    // A wait whose time has passed would still put the thread to sleep for a moment.
    if (timeout.count() <= 0) return result_.has_value();
    return changed_.wait_for(lock, timeout, [&] { return result_.has_value(); });
  }
  // Calls `callback` once: at complete(), on that thread, or on this thread before this returns when
  // complete() was before.
  void on_done(DoneCallback callback) {
    {
      std::lock_guard lock(mutex_);
      if (!result_) {
        done_callbacks_.push_back(std::move(callback));
        return;
      }
    }
    // complete() was before: its outcome stays as it is.
    callback(*result_);
  }
  // Calls `callback` at each later report(), on the thread of that report. After complete() it is dropped.
  void on_progress(ProgressCallback callback) {
    std::lock_guard lock(mutex_);
    if (!result_) progress_callbacks_.push_back(std::move(callback));
  }
  // The last report; kQueued before the first, kDone after complete().
  Progress progress() {
    std::lock_guard lock(mutex_);
    return progress_;
  }
  // Notes the failure of one attempt of the work. It is no outcome: the work goes on and may succeed. Called
  // by its CallListener (base/call.h).
  void note_failure(Error error) {
    std::lock_guard lock(mutex_);
    last_failure_ = std::make_unique<Error>(std::move(error));
  }
  // The latest of these failures, also after complete(); none when there was none.
  std::optional<Error> last_failure() {
    std::lock_guard lock(mutex_);
    return last_failure_ ? std::optional(*last_failure_) : std::nullopt;
  }
  // Notes Azure's own id of an answer that the work got. Called by its CallListener (base/call.h).
  void note_answer(const std::string& azure_request_id) {
    std::lock_guard lock(mutex_);
    azure_request_id_ = azure_request_id;
  }
  // The latest of these ids, also after complete(); empty when there was none.
  std::string azure_request_id() {
    std::lock_guard lock(mutex_);
    return azure_request_id_;
  }
  // Whose loop thread calls complete(), which drops it. Without it get() and wait_for() cannot know.
  void set_loop(std::weak_ptr<Scheduler> loop) {
    std::lock_guard lock(mutex_);
    if (!result_) loop_ = std::move(loop);
  }
  // What cancel() calls, on its caller's thread, besides noting the request. It should only post to the loop
  // thread. complete() drops it.
  void set_cancel(std::function<void()> cancel) {
    std::lock_guard lock(mutex_);
    if (!result_) cancel_ = std::move(cancel);
  }
  // Asks the work to end early and returns at once. Each call calls what set_cancel() has set; after
  // complete() that is nothing. The outcome still comes through complete().
  void cancel() {
    std::function<void()> cancel;
    {
      std::lock_guard lock(mutex_);
      cancel_requested_ = true;
      cancel = cancel_;
    }
    // Without the lock: it may end in complete() on this thread.
    if (cancel) cancel();
  }
  // True from the first cancel() on. Whoever begins the work asks this first, because a cancel() before
  // set_cancel() or before the work began has ended nothing.
  bool cancel_requested() {
    std::lock_guard lock(mutex_);
    return cancel_requested_;
  }

 private:
  void require_other_thread() {
    std::shared_ptr<Scheduler> loop;
    {
      std::lock_guard lock(mutex_);
      loop = loop_.lock();
    }
    if (loop && loop->on_loop_thread()) waited_for_itself();
  }

  std::mutex mutex_;                                  // guards all that follow
  std::condition_variable changed_;                   // notified by complete() alone
  std::optional<Result<T>> result_;                   // written once, under the lock; read freely after that
  Progress progress_{};                               // of the last report
  std::unique_ptr<Error> last_failure_;               // null: there was none
  std::vector<DoneCallback> done_callbacks_;          // empty after complete()
  std::vector<ProgressCallback> progress_callbacks_;  // empty after complete()
  std::function<void()> cancel_;                      // null: there is nothing to end yet, or any more
  bool cancel_requested_ = false;                     // stays true
  std::string azure_request_id_{};                    // of the last answer
  std::weak_ptr<Scheduler> loop_{};                   // empty after complete(), or when nobody has set it
};

// A copy of a result. Values with secrets have a copy() for that, because they have no copy constructor. For
// Operation::get() on a temporary handle, which cannot lend a reference.
template <class T>
Result<T> copy_of(const Result<T>& result) {
  if (!result.ok()) return result.error();
  if constexpr (requires(const T& value) { value.copy(); }) {
    return result->copy();
  } else {
    return *result;
  }
}

}  // namespace dev8agent::internal
