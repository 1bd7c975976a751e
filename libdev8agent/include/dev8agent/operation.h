// Operation<T>: a handle to work in progress, as every call of the orchestrator returns one. Block on it,
// poll it, or take a callback; no knowledge of the loop thread behind it is needed. Copies share one
// operation. Dropping the handle does not end the operation. All members are safe from any thread.
//
//   auto created = orchestrator.create(std::move(request));
//   created.on_progress([](const dev8agent::Progress& step) { std::cout << step.detail << std::endl; });
//   const auto& outcome = created.get();  // blocks; the reference is valid while `created` lives
//
//   auto page = orchestrator.list({}).get();  // of a temporary: the outcome by value
//   orchestrator.stop({.id = id}).on_done([](const auto& stopped) { report(stopped.ok()); });
#pragma once

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <utility>

#include "dev8agent/export.h"
#include "dev8agent/internal/operation_state.h"
#include "dev8agent/progress.h"
#include "dev8agent/result.h"

namespace dev8agent {
inline namespace DEV8AGENT_ABI {

template <class T>
class [[nodiscard]] Operation {
 public:
  // For the orchestrator: programs get their operations from it.
  explicit Operation(std::shared_ptr<internal::OperationState<T>> state) : state_(std::move(state)) {}

  // Blocks until the outcome is known. The reference is valid while a copy of this handle lives. Not on the
  // loop thread, and not with a VirtualScheduler that has still to be driven: where the outcome is not known
  // yet, the thread would wait for itself, and the program ends with a message (std::abort).
  const Result<T>& get() const& { return state_->get(); }
  // The same for a handle that is a temporary: a copy of the outcome.
  Result<T> get() && { return internal::copy_of(state_->get()); }
  // Blocks for at most `timeout`; true when the outcome is known. Where get() may not be called, only zero is
  // allowed.
  bool wait_for(std::chrono::milliseconds timeout) const { return state_->wait_for(timeout); }
  // The outcome as a standard future, for programs that keep several kinds of them. It gets a copy. To wait
  // for the future on the loop thread never ends: a standard future cannot tell. Coroutines:
  // dev8agent/coroutine.h.
  std::future<Result<T>> to_future() const {
    auto promise = std::make_shared<std::promise<Result<T>>>();
    auto future = promise->get_future();
    state_->on_done([promise](const Result<T>& outcome) { promise->set_value(internal::copy_of(outcome)); });
    return future;
  }
  // True when the outcome is known. Does not block.
  bool done() const { return wait_for(std::chrono::milliseconds(0)); }

  // Asks the operation to end early, and returns at once. An operation that has not begun ends with
  // kCancelled and sends nothing to Azure. Otherwise it rolls back what it has begun and ends with
  // kCancelled; when it had succeeded first, it ends with its result. An environment that became running
  // before the roll-back is kept, and Error::message says so. Where several callers share one create, only
  // this caller leaves.
  void cancel() const { state_->cancel(); }

  // Calls `callback` once with the outcome: on the loop thread, or before this returns when the outcome is
  // known. `callback` must not block (no get(), no drain()) and must not throw. It may call the orchestrator,
  // and it may destroy it.
  void on_done(std::function<void(const Result<T>&)> callback) const { state_->on_done(std::move(callback)); }
  // Calls `callback` on the loop thread at each later report; two in a row may name the same stage. The last
  // one comes before on_done(); kDone itself is not reported. The rules of on_done()'s callback apply.
  void on_progress(std::function<void(const Progress&)> callback) const {
    state_->on_progress(std::move(callback));
  }
  // The last report; the stage is kDone once the outcome is known.
  Progress progress() const { return state_->progress(); }
  // The failure of its latest failed attempt, which it repeats or has repeated: throttling, for example. None
  // when no attempt has failed yet. It tells why an operation takes long.
  std::optional<Error> last_failure() const { return state_->last_failure(); }
  // Azure's own id (x-ms-request-id) of the last answer that the operation got, for a question to Azure's
  // support: once it has ended, of the answer that decided it. A roll-back's answers do not count. Empty
  // before the first answer, and of an operation that was decided by what this process had just been shown.
  std::string azure_request_id() const { return state_->azure_request_id(); }

 private:
  std::shared_ptr<internal::OperationState<T>> state_;
};

}  // namespace DEV8AGENT_ABI
}  // namespace dev8agent
