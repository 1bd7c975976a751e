// Task<T>: a lazy coroutine on the loop thread, and the sets that own running ones. Internal only.
//
//   Task<Result<int>> twice(CallPtr call, int value) {     // a coroutine: it contains co_await or co_return
//     auto waited = co_await pause(call, std::chrono::seconds(1));
//     if (!waited.ok()) co_return waited.error();
//     co_return 2 * value;
//   }
//   auto four = co_await twice(call, 2);                   // in another coroutine
//   tasks.start(twice(call, 2));                           // from plain code; a TaskSet runs it
//
// How it works. The compiler keeps parameters and locals of a coroutine in a frame on the heap. Calling the
// function makes the frame and runs nothing. `co_await` runs it until it has to wait; then the whole chain of
// frames that wait for each other is suspended, and the loop thread goes on with other work. A callback, such
// as a timer's, resumes the innermost frame (base/call.h). Its value then resumes the next frame outwards.
//
// Ownership. A Task owns its frame, and a frame owns the tasks that it awaits. So destroying the outermost
// frame, suspended or not, destroys everything that it waits for; destructors run as at the end of a scope.
// Threads and exceptions. All frames of an orchestrator run on its loop thread, so they need no locks;
// between two waits nothing else runs. Errors are values (Result). An exception that leaves a coroutine ends
// the program.
//
// Rules, which also keep clear of g++ 12's coroutine defects: tasks take their parameters by value, because a
// reference may be dead when the frame runs on, and `co_await` stands as a whole statement
// (`auto r = co_await x;`).
#pragma once

#include <coroutine>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace dev8agent::internal {

// A coroutine that yields a T. Move-only; awaited at most once, as a temporary or with std::move(). One that
// is never awaited never runs. T must be movable and needs no default constructor.
template <class T>
class [[nodiscard]] Task {
 public:
  // What the compiler asks of a coroutine type (C++20, [coroutine.traits]). Not for use by callers.
  struct promise_type {
    std::optional<T> value;                                        // set by co_return
    std::coroutine_handle<> continuation = std::noop_coroutine();  // the frame that awaits this one

    // At its end the frame stays, with its value, and hands control to the frame that awaits it. Handing over
    // a handle is a jump, not a call, so long chains do not use up the stack.
    struct FinalAwaiter {
      bool await_ready() noexcept { return false; }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> self) noexcept {
        return self.promise().continuation;
      }
      void await_resume() noexcept {}
    };
    // Lazy: the body begins when the task is awaited.
    Task get_return_object() { return Task(std::coroutine_handle<promise_type>::from_promise(*this)); }
    std::suspend_always initial_suspend() noexcept { return {}; }
    FinalAwaiter final_suspend() noexcept { return {}; }
    void return_value(T result) { value.emplace(std::move(result)); }
    void unhandled_exception() { std::terminate(); }  // errors are values here; what throws is out of memory
  };

  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
  Task& operator=(Task&&) = delete;
  // Destroys the frame, wherever it is suspended. Not from code that runs inside this frame.
  ~Task() {
    if (handle_) handle_.destroy();
  }

  // Runs the body now, on this thread, up to its first wait. The awaiting frame goes on with the value.
  auto operator co_await() && {
    struct Awaiter {
      std::coroutine_handle<promise_type> handle;  // owned by the Task
      // Never ready before it has run.
      bool await_ready() { return false; }
      // `continuation` is the awaiting frame, suspended by now. Returning a handle jumps into that frame.
      std::coroutine_handle<> await_suspend(std::coroutine_handle<> continuation) {
        handle.promise().continuation = continuation;
        return handle;
      }
      // The value of the whole `co_await` expression.
      T await_resume() { return std::move(*handle.promise().value); }
    };
    return Awaiter{handle_};
  }

 private:
  explicit Task(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  std::coroutine_handle<promise_type> handle_;  // the frame; null when moved from
};

// Owns running tasks whose results nobody awaits: the entry from plain code into coroutines. A task that ends
// leaves the set by itself. Loop thread only.
class TaskSet {
 public:
  TaskSet() = default;
  TaskSet(const TaskSet&) = delete;
  TaskSet& operator=(const TaskSet&) = delete;
  // Ends every task where it stands, the latest first. Not from inside one of its tasks.
  ~TaskSet() {
    while (latest_) latest_->destroy();
  }

  // Runs `task` up to its first wait; the rest runs on the loop. A task that never waits has ended when this
  // returns. Its result is dropped, so it must deal with its errors itself.
  template <class T>
  void start(Task<T> task) {
    enter(run(std::move(task)));
  }
  // The same, and `done` gets the result. It must not destroy the set. A task that the set ends has none.
  template <class T>
  void start(Task<T> task, std::function<void(T)> done) {
    enter(run_for(std::move(task), std::move(done)));
  }
  // How many tasks are under way.
  std::size_t size() const { return size_; }

 private:
  // The outermost frame of one task. Nobody awaits it; it belongs to the set.
  struct Root {
    struct promise_type {
      TaskSet* set = nullptr;
      // Those that were started before and after this one.
      promise_type* earlier = nullptr;
      promise_type* later = nullptr;

      // At its end the frame destroys itself.
      struct FinalAwaiter {
        bool await_ready() noexcept { return false; }
        void await_suspend(std::coroutine_handle<promise_type> self) noexcept { self.promise().destroy(); }
        void await_resume() noexcept {}
      };
      Root get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
      std::suspend_always initial_suspend() noexcept { return {}; }
      FinalAwaiter final_suspend() noexcept { return {}; }
      void return_void() {}
      void unhandled_exception() { std::terminate(); }
      void enter(TaskSet& into) {
        set = &into;
        earlier = std::exchange(into.latest_, this);
        if (earlier) earlier->later = this;
        ++into.size_;
      }
      // Takes the frame out of the set and destroys it, with all frames that it waits for.
      void destroy() {
        if (earlier) earlier->later = later;
        (later ? later->earlier : set->latest_) = earlier;
        --set->size_;
        std::coroutine_handle<promise_type>::from_promise(*this).destroy();
      }
    };
    std::coroutine_handle<promise_type> handle;
  };

  // The body of a root: awaits the task and drops its result.
  template <class T>
  static Root run(Task<T> task) {
    // A statement of its own: see the rules above.
    [[maybe_unused]] auto result = co_await std::move(task);
  }
  template <class T>
  static Root run_for(Task<T> task, std::function<void(T)> done) {
    auto result = co_await std::move(task);
    done(std::move(result));
  }

  // Before it runs: it may end, and leave the set, inside resume().
  void enter(Root root) {
    root.handle.promise().enter(*this);
    root.handle.resume();
  }

  Root::promise_type* latest_ = nullptr;  // null: none is under way
  std::size_t size_ = 0;
};

// What follows, up to when_all(), are its parts. Use when_all() alone.

// Counts the children of a when_all() down and wakes the one that waits for them.
struct JoinCounter {
  std::size_t left = 0;                                    // children that have not ended
  std::coroutine_handle<> waiter = std::noop_coroutine();  // the frame of when_all()
};

// One child of a when_all(): suspended at its end when the waiter goes on, so that the waiter may destroy it.
// It owns the task that it awaits, and its owner owns it.
class JoinChild {
 public:
  struct promise_type {
    JoinCounter* counter = nullptr;

    // Resumes the waiter when this child is the last to end.
    struct FinalAwaiter {
      bool await_ready() noexcept { return false; }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> self) noexcept {
        JoinCounter& siblings = *self.promise().counter;
        return --siblings.left == 0 ? siblings.waiter : std::noop_coroutine();
      }
      void await_resume() noexcept {}
    };
    JoinChild get_return_object() {
      return JoinChild(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    std::suspend_always initial_suspend() noexcept { return {}; }
    FinalAwaiter final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };

  JoinChild(JoinChild&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
  JoinChild& operator=(JoinChild&&) = delete;
  ~JoinChild() {
    if (handle_) handle_.destroy();
  }
  // Runs the child up to its first wait. `counter` must outlive it.
  void start(JoinCounter& counter) {
    handle_.promise().counter = &counter;
    handle_.resume();
  }

 private:
  explicit JoinChild(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  std::coroutine_handle<promise_type> handle_;  // the frame; null when moved from
};

// The body of a child: awaits the task and puts its value into `*result`, which must outlive the child.
template <class T>
JoinChild join_child(Task<T> task, std::optional<T>* result) {
  auto value = co_await std::move(task);
  result->emplace(std::move(value));
}

// Starts all children and suspends until the last has ended; not at all when none of them has to wait.
struct JoinAwaiter {
  std::vector<JoinChild>& children;
  JoinCounter& counter;

  bool await_ready() { return children.empty(); }
  bool await_suspend(std::coroutine_handle<> handle) {
    // One more than there are children, so that none of them wakes the waiter before all have started.
    counter.left = children.size() + 1;
    for (JoinChild& child : children) child.start(counter);
    // In time: because of the extra count, no child can have resumed it yet.
    counter.waiter = handle;
    // False goes on at once: all children have ended already.
    return --counter.left > 0;
  }
  void await_resume() {}
};

// Runs all of `tasks` at once: each up to its first wait, one after the other, and then as their waits end.
// It ends when the last one does. Results are in the order of the tasks. It does not end early when one of
// them fails: a Result<U> with an error is a value like any other. No tasks: no results, at once. All results
// must have one type.
//
//   std::vector<Task<Status>> reads;
//   reads.push_back(observe_group(state));
//   reads.push_back(observe_share(state));
//   auto results = co_await when_all(std::move(reads));
//   for (Status& result : results) {
//     if (!result.ok()) co_return result.error();
//   }
template <class T>
Task<std::vector<T>> when_all(std::vector<Task<T>> tasks) {
  // Not resized below: the children hold pointers to the slots.
  std::vector<std::optional<T>> slots(tasks.size());
  std::vector<JoinChild> children;
  for (std::size_t i = 0; i < tasks.size(); ++i)
    children.push_back(join_child(std::move(tasks[i]), &slots[i]));
  JoinCounter counter;
  JoinAwaiter all{children, counter};
  co_await all;
  // Every slot is filled by now.
  std::vector<T> results;
  for (auto& slot : slots) results.push_back(std::move(*slot));
  co_return results;
}

}  // namespace dev8agent::internal
