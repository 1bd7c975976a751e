// await_operation() starts an orchestrator's operation for a caller and promises its outcome, within the
// daemon's limits: so many callers at a time, and so long for an answer. No thread waits: the Reply is a
// Pending, which the front door keeps. The operation goes on when its caller stops waiting. Create, start,
// stop and delete have run_operation.h instead, so that others can follow them. Handlers run on a worker.
//
//   return await_operation(
//       agent, request, kGet, parsed->id,
//       [&](CallOptions options) { return agent.orchestrator.get(std::move(*parsed), std::move(options)); },
//       [](const Environment& environment) { return with_environment(environment, "Environment found"); });
#pragma once

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "agent.h"
#include "dev8agent/operation.h"
#include "reply.h"
#include "wait_report.h"

namespace dev8agentd {

// One kind of call. A handler's file has a constant for each.
struct CallKind {
  std::string_view operation;     // "create"; a label of metrics and log
  std::chrono::seconds patience;  // how long its caller waits at most
  Admission Agent::*admission;    // whose limits count
};

// 503 RATE_LIMITED with Retry-After: the limits of the Admission are reached.
Response too_many_callers(const Request& request);
// How an operation stands that has not ended.
struct Standing {
  dev8agent::Progress progress{};
  std::optional<dev8agent::Error> last_failure{};  // of an attempt that it repeats or has repeated
  std::string azure_request_id{};                  // of the last answer that it got; empty: none
  dev8agent::ContainerReport container{};          // as far as it is known
};
// `report` may be null.
template <class T>
Standing standing_of(const dev8agent::Operation<T>& operation, const WaitReport* report) {
  return {operation.progress(), operation.last_failure(), operation.azure_request_id(),
          report ? report->take() : dev8agent::ContainerReport()};
}
// 504 TIMEOUT: the caller waited `waited` in vain. The message says how far the operation is, what failed
// last, and where to look (`follow_up`). It has Azure's status and code of the last failure, the request id
// of the answer that failed, else of the last answer, and the container's last events and log lines.
Response still_running(const std::string& request_id, std::chrono::seconds waited, Standing at,
                       const std::string& follow_up);
// Words for a caller who got no outcome in time: how to learn of it. `id` is the environment's.
std::string follow_up(const CallKind& kind, const std::string& id);
// 503 CANCELLED with Retry-After: the agent shuts down before the outcome is known.
Response shutting_down(const std::string& request_id);

// The configured region of this name, or the only one; empty when neither tells where an environment is.
std::string_view known_region(const Agent& agent, std::string_view name);
// The region of the environment that an outcome shows; empty when it shows none.
template <class T>
std::string_view region_of(const T& outcome) {
  if constexpr (requires { outcome.environment.cloud_region; }) {
    return outcome.environment.cloud_region;
  } else if constexpr (requires { outcome.cloud_region; }) {
    return outcome.cloud_region;
  } else {
    return {};
  }
}

// Counts an operation in admission and metrics, enters it into the journal, and records its end there and in
// health. `id` is the environment's, empty for a list; `region` the one that the request names, or empty;
// `operation_id` that of an operation in the table, or null. Call it once for each operation, right after it
// was started. The end is recorded by a callback of the operation, on the loop thread or, for one that has
// ended already, before this returns. So the agent must live until the orchestrator has ended.
template <class T>
void measure(const dev8agent::Operation<T>& operation, const CallKind& kind, const std::string& id,
             std::string_view region, const Request& request, Agent& agent,
             std::shared_ptr<const std::string> operation_id = nullptr) {
  Admission& admission = agent.*kind.admission;
  admission.operation_started();
  agent.metrics.operation_started(kind.operation);
  const auto number = agent.operations.begin({kind.operation, id, request.id, request.caller,
                                              request.remote_address, operation_id, request.trace_id});
  const auto begin = std::chrono::steady_clock::now();
  const bool changes = kind.admission == &Agent::writes && kind.operation != "sweep";
  const std::string_view asked = known_region(agent, region);
  // The callback holds the operation: it is dropped once it has been called.
  operation.on_done([&admission, &agent, begin, number, operation_id, operation, changes, asked,
                     name = kind.operation,
                     failed = agent.health.failure_sink()](const dev8agent::Result<T>& result) {
    const std::string_view outcome = result.ok() ? "OK" : to_string(result.error().code);
    const dev8agent::Error* error = result.ok() ? nullptr : &result.error();
    admission.operation_ended();
    agent.metrics.operation_finished(name, outcome, std::chrono::steady_clock::now() - begin);
    auto view = operation_id ? agent.operation_table.find(*operation_id) : std::nullopt;
    OperationJournal::End ended{error, operation.azure_request_id(), {}};
    if (view) ended.stages = std::move(view->record.stages);
    agent.operations.end(number, ended);
    const std::string_view shown = result.ok() ? region_of(*result) : "";
    if (changes) agent.metrics.change_finished(shown.empty() ? asked : shown, name, outcome);
    if (error == nullptr) return;
    agent.findings.note_failure(*error);
    failed(*error);
  });
}

// Takes a place of `admission` until `operation` has ended. Call it after measure(), so that the end is
// recorded before the place is given back.
template <class T>
void hold_until_end(const dev8agent::Operation<T>& operation, Admission& admission) {
  operation.on_done([place = std::make_shared<Admission::Place>(admission)](const dev8agent::Result<T>&) {
    place->leave();
  });
}

// Starts an operation with `start(CallOptions)`, which returns a dev8agent::Operation, and turns its value
// into the Response with `answer(value)`. An error becomes error_response(). `id` is the environment's, empty
// for a list; `region` the one that the request names, for the metrics. A caller over the limits gets 503 at
// once, and nothing is started.
//
// The agent does not stop before a change has ended, within the grace: no other agent would go on with it.
//
// The caller waits for `kind.patience` or REQUEST_TIMEOUT_SECONDS, whichever is shorter; then the answer is
// 504, and the operation goes on. When the agent shuts down meanwhile, it is 503. `answer` is called at most
// once, perhaps on another worker thread than this call, so it must own what it uses.
template <class Start, class Answer>
Reply await_operation(Agent& agent, const Request& request, const CallKind& kind, std::string id, Start start,
                      Answer answer, const std::string& region = {}) {
  Admission::Place place(agent.*kind.admission);
  if (!place.granted()) return too_many_callers(request);
  const auto patience = std::min(kind.patience, agent.settings.request_timeout);
  const bool changes = kind.admission == &Agent::writes;
  const auto report = changes && !id.empty()
                          ? std::make_shared<WaitReport>(agent, dev8agent::GetRequest{.id = id}, request)
                          : nullptr;
  const auto operation = start(dev8agent::CallOptions{
      .request_id = request.id, .only_user = request.user, .trace_id = request.trace_id});
  measure(operation, kind, id, region, request, agent);
  if (changes) hold_until_end(operation, agent.unfollowed);
  // Called once: after the end, at the deadline or at shutdown, whichever comes first.
  auto answer_now = [operation, patience, report, &agent, request_id = request.id,
                     where = follow_up(kind, id), answer = std::move(answer)] {
    if (!operation.done()) {
      return agent.abandon.stop_requested()
                 ? shutting_down(request_id)
                 : still_running(request_id, patience, standing_of(operation, report.get()), where);
    }
    const auto& result = operation.get();
    return result.ok() ? answer(*result) : error_response(result.error(), request_id);
  };
  // The front door keeps it from here on.
  Pending pending{.environment_id = std::move(id),
                  .place = std::move(place),
                  .deadline = std::chrono::steady_clock::now() + patience,
                  .on_end =
                      [operation](std::function<void()> notify) {
                        operation.on_done([notify = std::move(notify)](const auto&) { notify(); });
                      },
                  .answer = std::move(answer_now)};
  if (report) report->ask_before_end(pending, patience);
  return pending;
}

}  // namespace dev8agentd
