// Starts an orchestrator's operation for a caller and promises its outcome, within the limits of the daemon:
// so many callers at a time, and so long for an answer. No thread waits. The operation goes on when its
// caller stops waiting.
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "agent.h"
#include "dev8agent/operation.h"
#include "reply.h"

namespace dev8agentd {

// One kind of call: its name, how long its caller waits at most, and whose limits count.
struct CallKind {
  std::string_view operation;  // "create"
  std::chrono::seconds patience;
  Admission Agent::*admission;
};

Response too_many_callers(const Request& request);
// Says after how long the agent stopped waiting, how far the operation was, what failed last, and where to
// look.
Response still_running(const std::string& request_id, std::chrono::seconds waited,
                       const dev8agent::Progress& progress, std::optional<dev8agent::Error> last_failure,
                       const std::string& follow_up);
// How a caller who got no outcome in time learns of it.
std::string follow_up(const CallKind& kind, const std::string& id);
// The agent shuts down before the outcome is known.
Response shutting_down(const std::string& request_id);

// Counts an operation and records its end in metrics, journal and health.
template <class T>
void measure(const dev8agent::Operation<T>& operation, const CallKind& kind, const std::string& id,
             const Request& request, Agent& agent) {
  Admission& admission = agent.*kind.admission;
  admission.operation_started();
  agent.metrics.operation_started(kind.operation);
  const auto number = agent.operations.begin({std::string(kind.operation), id, request.id});
  const auto begin = std::chrono::steady_clock::now();
  operation.on_done([&admission, &agent, begin, number, name = kind.operation,
                     failed = agent.health.failure_sink()](const dev8agent::Result<T>& result) {
    const std::string_view outcome = result.ok() ? "OK" : to_string(result.error().code);
    const dev8agent::Error* error = result.ok() ? nullptr : &result.error();
    admission.operation_ended();
    agent.metrics.operation_finished(name, outcome, std::chrono::steady_clock::now() - begin);
    agent.operations.end(number, error);
    if (error != nullptr) failed(*error);
  });
}

// Starts an operation with `start` and words its value with `answer`. `id` is the environment's, empty for a
// list.
template <class Start, class Answer>
Reply await_operation(Agent& agent, const Request& request, const CallKind& kind, std::string id, Start start,
                      Answer answer) {
  Admission::Place place(agent.*kind.admission);
  if (!place.granted()) return too_many_callers(request);
  const auto patience = std::min(kind.patience, agent.settings.request_timeout);
  const auto operation = start(dev8agent::CallOptions{.request_id = request.id});
  measure(operation, kind, id, request, agent);
  auto answer_now = [operation, patience, &agent, request_id = request.id, where = follow_up(kind, id),
                     answer = std::move(answer)] {
    if (!operation.done()) {
      return agent.abandon.stop_requested()
                 ? shutting_down(request_id)
                 : still_running(request_id, patience, operation.progress(), operation.last_failure(), where);
    }
    const auto& result = operation.get();
    return result.ok() ? answer(*result) : error_response(result.error(), request_id);
  };
  return Pending{.environment_id = std::move(id),
                 .place = std::move(place),
                 .deadline = std::chrono::steady_clock::now() + patience,
                 .on_end =
                     [operation](std::function<void()> notify) {
                       operation.on_done([notify = std::move(notify)](const auto&) { notify(); });
                     },
                 .answer = std::move(answer_now)};
}

}  // namespace dev8agentd
