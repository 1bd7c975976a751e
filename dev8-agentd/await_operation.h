// Waits on a handler's thread for an orchestrator's operation, within the limits of the daemon: so many
// callers at a time, and so long for an answer. The operation itself goes on when its caller stops waiting.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "agent.h"
#include "dev8agent/operation.h"
#include "message.h"

namespace dev8agentd {

// How one kind of call is named and how its caller learns of an outcome that comes too late.
struct CallName {
  std::string_view operation;  // "create"
  std::string follow_up;       // "GET /api/v1/environments/... shows its state, or ..."
};

// Callers that wait at the same time; further ones are told to come back.
inline constexpr int kMaxWaitingCallers = 448;

Response too_many_callers(const Request& request);
Response still_running(const Request& request, const CallName& name, bool abandoned);

// Wakes one waiting caller.
class Doorbell {
 public:
  void ring();
  // True when it rang before the deadline and before `stop`.
  bool wait_until(std::chrono::steady_clock::time_point deadline, std::stop_token stop);

 private:
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool rung_ = false;
};

// Counts a caller in, and out again.
class CallerSlot {
 public:
  explicit CallerSlot(std::atomic<int>& count) : count_(count), granted_(++count <= kMaxWaitingCallers) {}
  ~CallerSlot() { --count_; }
  CallerSlot(const CallerSlot&) = delete;
  CallerSlot& operator=(const CallerSlot&) = delete;
  bool granted() const { return granted_; }

 private:
  std::atomic<int>& count_;
  bool granted_;
};

template <class T>
void measure(const dev8agent::Operation<T>& operation, std::string_view name, Metrics& metrics) {
  metrics.operation_started(name);
  const auto begin = std::chrono::steady_clock::now();
  operation.on_done([&metrics, begin, name](const dev8agent::Result<T>& result) {
    const std::string_view outcome = result.ok() ? "OK" : to_string(result.error().code);
    metrics.operation_finished(name, outcome, std::chrono::steady_clock::now() - begin);
  });
}

// Starts an operation with `start`, waits for it, and words its value with `answer`.
template <class Start, class Answer>
Response await_operation(Agent& agent, const Request& request, const CallName& name, Start start,
                         Answer answer) {
  CallerSlot slot(agent.waiting_callers);
  if (!slot.granted()) return too_many_callers(request);
  const auto deadline = std::chrono::steady_clock::now() + agent.settings.request_timeout;
  auto operation = start(dev8agent::CallOptions{.request_id = request.id});
  measure(operation, name.operation, agent.metrics);
  auto doorbell = std::make_shared<Doorbell>();
  operation.on_done([doorbell](const auto&) { doorbell->ring(); });
  if (!doorbell->wait_until(deadline, agent.abandon.get_token()) && !operation.done()) {
    return still_running(request, name, agent.abandon.stop_requested());
  }
  const auto& result = operation.get();
  return result.ok() ? answer(*result) : error_response(result.error(), request.id);
}

}  // namespace dev8agentd
