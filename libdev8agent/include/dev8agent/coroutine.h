// co_await on operations, for programs that use C++20 coroutines. The library brings no task type of its own:
// these awaiters work in the coroutines of any library.
//
//   Job provision(dev8agent::EnvironmentOrchestrator& orchestrator) {
//     const auto create = orchestrator.create(new_request());
//     const auto created = co_await create;                   // goes on on the loop thread
//     const auto list = orchestrator.list({});
//     const auto page = co_await resume_on(list, executor);   // goes on where `executor` runs work
//   }
//
// Begin the operation in a statement of its own, as here: g++ 12 may destroy an aggregate that is a temporary
// of a co_await expression, such as `{.id = id}`, twice.
//
// The result is the outcome, as Operation::get() gives it for a temporary. A coroutine that waits must not be
// destroyed before its operation has ended; end the operation with cancel() first, and let it go on.
#pragma once

#include <coroutine>
#include <functional>
#include <utility>

#include "dev8agent/export.h"
#include "dev8agent/operation.h"

namespace dev8agent {
inline namespace DEV8AGENT_ABI {

// Runs work later, on a thread of its choice: the post() of a program's event loop, for example. It is called
// on the loop thread of the orchestrator, or on that of the co_await when the outcome is known already. It
// must not throw, and must run each work once.
using Executor = std::function<void(std::function<void()> work)>;

// What co_await waits with. Made by the functions below.
template <class T>
class OperationAwaiter {
 public:
  // Waits for `operation`; the coroutine goes on through `executor`, unless that is empty.
  OperationAwaiter(Operation<T> operation, Executor executor)
      : operation_(std::move(operation)), executor_(std::move(executor)) {}

  // With an executor, the coroutine always goes on through it.
  bool await_ready() const { return !executor_ && operation_.done(); }
  // Has `waiting` go on once the outcome is known.
  void await_suspend(std::coroutine_handle<> waiting) const {
    // Copies, because the coroutine may end, with this object, before on_done() returns.
    const Operation<T> operation = operation_;
    operation.on_done([waiting, executor = executor_](const Result<T>&) {
      if (!executor) return waiting.resume();
      executor([waiting] { waiting.resume(); });
    });
  }
  // The outcome, as the value of the co_await expression.
  Result<T> await_resume() const { return internal::copy_of(operation_.get()); }

 private:
  Operation<T> operation_;
  Executor executor_;  // empty: none
};

// `co_await operation`: the coroutine goes on on the loop thread, or at once when the outcome is known. There
// the rules of Operation::on_done()'s callback hold: no blocking, no exception. Any thread.
template <class T>
OperationAwaiter<T> operator co_await(Operation<T> operation) {
  return OperationAwaiter<T>(std::move(operation), nullptr);
}

// `co_await resume_on(operation, executor)`: the coroutine goes on as work of `executor`. An empty one counts
// as none: then it is `co_await operation`. Any thread.
template <class T>
OperationAwaiter<T> resume_on(Operation<T> operation, Executor executor) {
  return OperationAwaiter<T>(std::move(operation), std::move(executor));
}

}  // namespace DEV8AGENT_ABI
}  // namespace dev8agent
