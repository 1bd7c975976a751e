// FlowBench: runs coroutines of the library on virtual time, against a transport whose
// answers the test writes. For tests of one layer (retries, calls, clients); tests of
// whole operations use World.
#pragma once

#include <doctest/doctest.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/call.h"
#include "base/retry.h"
#include "base/task.h"
#include "dev8agent/emulator.h"
#include "dev8agent/transport.h"

namespace dev8agent::test {

using namespace internal;

// Answers each request with what `answer` says, `latency` later. No answer is silence:
// the completion gets kTimeout at the request's deadline. Unlike a real transport it
// knows no connections.
class ScriptedTransport final : public Transport {
 public:
  using Answer = std::optional<Result<HttpResponse>>;

  // The scheduler must outlive the transport.
  explicit ScriptedTransport(Scheduler& scheduler) : scheduler_(scheduler) {}

  // Asked inside send(). Must be set before the first request. An Error in it stands
  // for a failed connection.
  std::function<Answer(const HttpRequest&)> answer;
  std::chrono::milliseconds latency{10};  // from send() to the completion
  std::vector<HttpRequest> requests;      // all so far, in order, cancelled ones included
  int cancelled = 0;                      // requests whose caller gave up before the answer

  RequestId send(HttpRequest request, Completion completion) override {
    requests.push_back(request);
    const RequestId id = requests.size();  // from 1, in the order of sending
    // The test's answer is taken now and given later, so a change of `answer` counts
    // for later requests.
    Answer reply = answer(request);
    const TimePoint due = reply ? scheduler_.now() + latency : request.deadline;
    Result<HttpResponse> outcome = reply ? std::move(*reply) : make_error(ErrorCode::kTimeout, "too late");
    timers_[id] = scheduler_.call_at(due, [this, id, completion, outcome] {
      timers_.erase(id);
      completion(outcome);
    });
    return id;
  }
  // Only requests that still wait are counted.
  void cancel(RequestId id) override {
    auto found = timers_.find(id);
    if (found == timers_.end()) return;
    ++cancelled;
    scheduler_.cancel(found->second);
    timers_.erase(found);  // its completion is never called
  }

 private:
  Scheduler& scheduler_;
  std::map<RequestId, Scheduler::TimerId> timers_;  // of the requests that wait
};

// An answer without the headers that real servers add.
inline HttpResponse reply(int status, std::string body, std::vector<HttpHeader> headers = {}) {
  return {status, std::move(headers), std::move(body)};
}

// One thread, one clock. Time passes only while a test runs a task or drains the
// scheduler. Example:
//
//   FlowBench bench;
//   bench.transport->answer = [](const HttpRequest&) { return reply(200, "{}"); };
//   auto call = bench.make_call(std::chrono::seconds(30));
//   bench.run(something(call));
class FlowBench {
 public:
  // The clock, the network, and what the library's own code needs beside them. A test
  // may change retry_options before it makes a Retrier of its own; `retrier` keeps a
  // copy.
  emulator::VirtualScheduler scheduler;
  std::shared_ptr<ScriptedTransport> transport = std::make_shared<ScriptedTransport>(scheduler);
  RetryOptions retry_options;                // the library's defaults
  Retrier retrier{retry_options, random()};  // waits on virtual time

  // Deterministic bytes, spread over the whole range. Each call of random() begins the
  // same sequence again.
  std::function<std::string(std::size_t)> random() {
    // A linear congruential generator; its high byte has the longest period.
    return [state = std::make_shared<unsigned>(1)](std::size_t count) {
      std::string bytes;
      while (bytes.size() < count)
        bytes += static_cast<char>((*state = *state * 1664525u + 1013904223u) >> 24);
      return bytes;
    };
  }

  // The limits of one operation that begins now: it must end within `limit` of virtual
  // time.
  std::shared_ptr<Call> make_call(std::chrono::nanoseconds limit = std::chrono::hours(1)) {
    // Nobody hears of it until the test sets a listener; it can be cancelled.
    auto call = std::make_shared<Call>();
    call->scheduler = &scheduler;
    call->deadline = scheduler.now() + std::chrono::duration_cast<TimePoint::duration>(limit);
    return call;
  }

  // Starts `task` without waiting; its value appears in the result when it ends. The
  // bench keeps the task alive.
  template <class T>
  std::shared_ptr<std::optional<T>> start(Task<T> task) {
    auto slot = std::make_shared<std::optional<T>>();
    tasks.start(keep(std::move(task), slot));
    return slot;
  }
  // Runs `task` to its end and returns its value. Fails the test case when all work
  // ends before: then it waits for something that never comes.
  template <class T>
  T run(Task<T> task) {
    auto slot = start(std::move(task));
    const bool done = scheduler.run_until([&] { return slot->has_value(); });
    REQUIRE(done);
    return std::move(**slot);
  }
  // Runs everything that is left, timers included.
  void drain() {
    while (scheduler.run_one()) {
    }
  }

  // Owns the tasks that were started. Declared last, so it is destroyed first: tasks
  // end before what they use.
  TaskSet tasks;

 private:
  // Owns `task` while it runs, and puts its value where the test looks for it.
  template <class T>
  static Task<Done> keep(Task<T> task, std::shared_ptr<std::optional<T>> slot) {
    // As a whole statement, and `task` by value: see CONTRIBUTING.md about coroutines
    // of g++ 12.
    auto value = co_await std::move(task);
    slot->emplace(std::move(value));
    co_return Done{};
  }
};

}  // namespace dev8agent::test
