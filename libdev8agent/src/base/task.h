// Task<T>: a lazy coroutine on the loop thread, and the sets that own running ones. Internal only.
//
// House rules, which also keep clear of g++ 12's coroutine defects: tasks take their parameters by value, and
// `co_await` stands as a whole statement (`auto r = co_await x;`). A Task runs when it is awaited and dies
// with its owner, suspended or not: destroying the outermost frame destroys everything that it waits for.
#pragma once

#include <coroutine>
#include <exception>
#include <list>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace dev8agent::internal {

template <class T>
class [[nodiscard]] Task {
 public:
  struct promise_type {
    std::optional<T> value;
    std::coroutine_handle<> continuation = std::noop_coroutine();

    struct FinalAwaiter {
      bool await_ready() noexcept { return false; }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> self) noexcept {
        return self.promise().continuation;
      }
      void await_resume() noexcept {}
    };
    Task get_return_object() { return Task(std::coroutine_handle<promise_type>::from_promise(*this)); }
    std::suspend_always initial_suspend() noexcept { return {}; }
    FinalAwaiter final_suspend() noexcept { return {}; }
    void return_value(T result) { value.emplace(std::move(result)); }
    void unhandled_exception() { std::terminate(); }  // errors are values here; what throws is out of memory
  };

  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
  Task& operator=(Task&&) = delete;
  ~Task() {
    if (handle_) handle_.destroy();
  }

  auto operator co_await() && {
    struct Awaiter {
      std::coroutine_handle<promise_type> handle;
      bool await_ready() { return false; }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<> continuation) {
        handle.promise().continuation = continuation;
        return handle;
      }
      T await_resume() { return std::move(*handle.promise().value); }
    };
    return Awaiter{handle_};
  }

 private:
  explicit Task(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  std::coroutine_handle<promise_type> handle_;
};

// Owns running tasks whose results nobody awaits. Destroying it ends them where they stand.
class TaskSet {
 public:
  TaskSet() = default;
  TaskSet(const TaskSet&) = delete;
  TaskSet& operator=(const TaskSet&) = delete;
  ~TaskSet() {
    while (!roots_.empty()) roots_.back()->destroy();
  }

  // Runs `task` up to its first wait; the rest runs on the loop.
  template <class T>
  void start(Task<T> task) {
    Root root = run(std::move(task));
    auto handle = root.handle;
    roots_.push_back(&handle.promise());
    handle.promise().set = this;
    handle.promise().place = std::prev(roots_.end());
    handle.resume();
  }
  std::size_t size() const { return roots_.size(); }

 private:
  struct Root {
    struct promise_type {
      TaskSet* set = nullptr;
      std::list<promise_type*>::iterator place;

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
      void destroy() {
        set->roots_.erase(place);
        std::coroutine_handle<promise_type>::from_promise(*this).destroy();
      }
    };
    std::coroutine_handle<promise_type> handle;
  };

  template <class T>
  static Root run(Task<T> task) {
    [[maybe_unused]] auto result = co_await std::move(task);
  }

  std::list<Root::promise_type*> roots_;
};

// Counts the children of a when_all() down and wakes the one that waits for them.
struct JoinCounter {
  std::size_t left = 0;
  std::coroutine_handle<> waiter = std::noop_coroutine();
};

// One child of a when_all(): suspended at its end when the waiter goes on, so that the waiter may destroy it.
class JoinChild {
 public:
  struct promise_type {
    JoinCounter* counter = nullptr;

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
  void start(JoinCounter& counter) {
    handle_.promise().counter = &counter;
    handle_.resume();
  }

 private:
  explicit JoinChild(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  std::coroutine_handle<promise_type> handle_;
};

template <class T>
JoinChild join_child(Task<T> task, std::optional<T>* result) {
  auto value = co_await std::move(task);
  result->emplace(std::move(value));
}

struct JoinAwaiter {
  std::vector<JoinChild>& children;
  JoinCounter& counter;

  bool await_ready() { return children.empty(); }
  bool await_suspend(std::coroutine_handle<> handle) {
    // One more than there are children, so that none of them wakes the waiter before all have started.
    counter.left = children.size() + 1;
    for (JoinChild& child : children) child.start(counter);
    counter.waiter = handle;
    return --counter.left > 0;
  }
  void await_resume() {}
};

// Runs all of `tasks` at once; done when the last is. Results are in the order of the tasks.
template <class T>
Task<std::vector<T>> when_all(std::vector<Task<T>> tasks) {
  std::vector<std::optional<T>> slots(tasks.size());
  std::vector<JoinChild> children;
  for (std::size_t i = 0; i < tasks.size(); ++i)
    children.push_back(join_child(std::move(tasks[i]), &slots[i]));
  JoinCounter counter;
  JoinAwaiter all{children, counter};
  co_await all;
  std::vector<T> results;
  for (auto& slot : slots) results.push_back(std::move(*slot));
  co_return results;
}

}  // namespace dev8agent::internal
