// FlowBench: runs coroutines of the library on virtual time, against a transport whose answers the test
// writes.
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

// Answers each request with what `answer` says, `latency` later; nothing is silence until the deadline.
class ScriptedTransport final : public Transport {
 public:
  using Answer = std::optional<Result<HttpResponse>>;

  explicit ScriptedTransport(Scheduler& scheduler) : scheduler_(scheduler) {}

  std::function<Answer(const HttpRequest&)> answer;
  std::chrono::milliseconds latency{10};
  std::vector<HttpRequest> requests;
  int cancelled = 0;

  RequestId send(HttpRequest request, Completion completion) override {
    requests.push_back(request);
    const RequestId id = requests.size();
    Answer reply = answer(request);
    const TimePoint due = reply ? scheduler_.now() + latency : request.deadline;
    Result<HttpResponse> outcome = reply ? std::move(*reply) : make_error(ErrorCode::kTimeout, "too late");
    timers_[id] = scheduler_.call_at(due, [this, id, completion, outcome] {
      timers_.erase(id);
      completion(outcome);
    });
    return id;
  }
  void cancel(RequestId id) override {
    auto found = timers_.find(id);
    if (found == timers_.end()) return;
    ++cancelled;
    scheduler_.cancel(found->second);
    timers_.erase(found);
  }

 private:
  Scheduler& scheduler_;
  std::map<RequestId, Scheduler::TimerId> timers_;
};

inline HttpResponse reply(int status, std::string body, std::vector<HttpHeader> headers = {}) {
  return {status, std::move(headers), std::move(body)};
}

class FlowBench {
 public:
  emulator::VirtualScheduler scheduler;
  std::shared_ptr<ScriptedTransport> transport = std::make_shared<ScriptedTransport>(scheduler);
  RetryOptions retry_options;
  Retrier retrier{retry_options, random()};

  // Deterministic bytes, spread over the whole range.
  std::function<std::string(std::size_t)> random() {
    return [state = std::make_shared<unsigned>(1)](std::size_t count) {
      std::string bytes;
      while (bytes.size() < count)
        bytes += static_cast<char>((*state = *state * 1664525u + 1013904223u) >> 24);
      return bytes;
    };
  }

  std::shared_ptr<Call> make_call(std::chrono::nanoseconds limit = std::chrono::hours(1)) {
    auto call = std::make_shared<Call>();
    call->scheduler = &scheduler;
    call->deadline = scheduler.now() + std::chrono::duration_cast<TimePoint::duration>(limit);
    return call;
  }

  // Starts `task`; its value appears in the result when it ends.
  template <class T>
  std::shared_ptr<std::optional<T>> start(Task<T> task) {
    auto slot = std::make_shared<std::optional<T>>();
    tasks.start(keep(std::move(task), slot));
    return slot;
  }
  // Runs `task` to its end.
  template <class T>
  T run(Task<T> task) {
    auto slot = start(std::move(task));
    const bool done = scheduler.run_until([&] { return slot->has_value(); });
    REQUIRE(done);
    return std::move(**slot);
  }
  void drain() {
    while (scheduler.run_one()) {
    }
  }

  TaskSet tasks;

 private:
  template <class T>
  static Task<Done> keep(Task<T> task, std::shared_ptr<std::optional<T>> slot) {
    auto value = co_await std::move(task);
    slot->emplace(std::move(value));
    co_return Done{};
  }
};

}  // namespace dev8agent::test
