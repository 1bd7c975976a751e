// Starts an orchestrator's operation for a caller and promises its outcome, within the limits of the daemon:
// so many callers at a time, and so long for an answer. No thread waits. The operation goes on when its
// caller stops waiting.
#pragma once

#include <algorithm>
#include <chrono>
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
// Says after how long the agent stopped waiting, how far the operation was, and where to look.
Response still_running(const std::string& request_id, std::chrono::seconds waited,
                       const dev8agent::Progress& progress, const std::string& follow_up);
// The agent shuts down before the outcome is known.
Response shutting_down(const std::string& request_id);

template <class T>
void measure(const dev8agent::Operation<T>& operation, const CallKind& kind, Agent& agent) {
  Admission& admission = agent.*kind.admission;
  admission.operation_started();
  agent.metrics.operation_started(kind.operation);
  const auto begin = std::chrono::steady_clock::now();
  operation.on_done([&admission, &agent, begin, name = kind.operation](const dev8agent::Result<T>& result) {
    const std::string_view outcome = result.ok() ? "OK" : dev8agent::reason(result.error().code);
    admission.operation_ended();
    agent.metrics.operation_finished(name, outcome, std::chrono::steady_clock::now() - begin);
  });
}

// Starts an operation with `start` and words its value with `answer`; `follow_up` tells a caller who got no
// outcome in time how to learn of it.
template <class Start, class Answer>
Reply await_operation(Agent& agent, const Request& request, const CallKind& kind, std::string follow_up,
                      Start start, Answer answer) {
  Admission::Place place(agent.*kind.admission);
  if (!place.granted()) return too_many_callers(request);
  const auto patience = std::min(kind.patience, agent.settings.request_timeout);
  const auto operation = start(dev8agent::CallOptions{.request_id = request.id});
  measure(operation, kind, agent);
  return Pending{.place = std::move(place),
                 .deadline = std::chrono::steady_clock::now() + patience,
                 .on_end =
                     [operation](std::function<void()> notify) {
                       operation.on_done([notify = std::move(notify)](const auto&) { notify(); });
                     },
                 .answer =
                     [operation, patience, &agent, id = request.id, follow_up = std::move(follow_up),
                      answer = std::move(answer)] {
                       if (!operation.done()) {
                         return agent.abandon.stop_requested()
                                    ? shutting_down(id)
                                    : still_running(id, patience, operation.progress(), follow_up);
                       }
                       const auto& result = operation.get();
                       return result.ok() ? answer(*result) : error_response(result.error(), id);
                     }};
}

}  // namespace dev8agentd
