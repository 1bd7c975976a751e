// Starts a create, start, stop or delete and enters it into the table of operations. Its caller gets the
// outcome, or 202 when it asked for that (Prefer: respond-async). No thread waits. The operation goes on when
// its caller stops waiting.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "await_operation.h"
#include "operation_answers.h"
#include "prefer.h"

namespace dev8agentd {

// What the table keeps of an outcome: its environment, and its password once.
inline std::optional<dev8agent::Environment> environment_of(const dev8agent::EnvironmentOutcome& outcome) {
  return outcome.environment;
}
inline std::optional<dev8agent::Environment> environment_of(const dev8agent::Environment& environment) {
  return environment;
}
inline std::optional<dev8agent::Environment> environment_of(const dev8agent::Done&) {
  return std::nullopt;
}
template <class T>
dev8agent::Secret password_of(const T& outcome) {
  if constexpr (std::is_same_v<T, dev8agent::EnvironmentOutcome>) {
    return outcome.code_server_password.copy();
  } else {
    return {};
  }
}

// The end of an operation goes into the table.
template <class T>
void note_end(const dev8agent::Operation<T>& operation, const std::string& id, OperationTable& table) {
  operation.on_done([&table, id](const dev8agent::Result<T>& result) {
    const auto now = std::chrono::system_clock::now();
    if (!result.ok()) return table.end(id, &result.error(), std::nullopt, {}, now);
    table.end(id, nullptr, environment_of(*result), password_of(*result), now);
  });
}

// The synchronous answer. The password is in it unless somebody was told before.
template <class T, class Answer>
Response answer_outcome(const T& outcome, const std::string& id, OperationTable& table,
                        const Answer& answer) {
  if constexpr (std::is_same_v<T, dev8agent::EnvironmentOutcome>) {
    dev8agent::EnvironmentOutcome told;
    told.environment = outcome.environment;
    told.changed = outcome.changed;
    told.code_server_password = table.take_password(id);
    return answer(told);
  } else {
    return answer(outcome);
  }
}

// True for an operation that was refused without a look at Azure.
template <class T>
bool was_refused(const dev8agent::Operation<T>& operation) {
  if (!operation.done() || operation.get().ok()) return false;
  const dev8agent::ErrorCode code = operation.get().error().code;
  return code == dev8agent::ErrorCode::kInvalidRequest || code == dev8agent::ErrorCode::kNotSupported;
}

// How long its caller waits: `patience` for the outcome, or less before the answer is 202.
struct Waiting {
  bool async = false;
  std::chrono::seconds span{0};
};
Waiting waiting_of(const Request& request, const CallKind& kind, const Agent& agent);
// The answer of a caller whose wait is over: 202, 503 at shutdown, or 504 with what failed last.
Response not_ended(const std::string& id, const std::string& request_id, const Waiting& waiting,
                   const std::string& where, std::optional<dev8agent::Error> last_failure, Agent& agent);

// `parsed` is the request that the id is made for; `start` starts the operation with the given options;
// `answer` words its outcome.
template <class Parsed, class Start, class Answer>
Reply run_operation(Agent& agent, const Request& request, const CallKind& kind, const Parsed& parsed,
                    Start start, Answer answer) {
  Admission::Place place(agent.*kind.admission);
  if (!place.granted()) return too_many_callers(request);
  const std::string environment_id = parsed.id;
  const std::string id = agent.orchestrator.new_operation_id(parsed);
  OperationTable& table = agent.operation_table;
  table.begin(dev8agent::begin_record(id, agent.orchestrator.read_operation_id(id).value()));
  const auto operation =
      start(dev8agent::CallOptions{.request_id = request.id,
                                   .operation_id = id,
                                   .on_progress = [&table, id](const dev8agent::Progress& progress) {
                                     table.note_progress(id, progress, std::chrono::system_clock::now());
                                   }});
  measure(operation, kind, environment_id, request, agent);
  if (was_refused(operation)) {
    table.forget(id);
    return error_response(operation.get().error(), request.id);
  }
  table.set_cancel(id, [operation] { operation.cancel(); });
  note_end(operation, id, table);
  const Waiting waiting = waiting_of(request, kind, agent);
  if (waiting.async && waiting.span.count() == 0) return accepted(table.find(id)->record);
  auto answer_now = [operation, waiting, id, &agent, request_id = request.id, claim = table.claim(id),
                     where = follow_up(kind, environment_id), answer = std::move(answer)] {
    if (!operation.done()) return not_ended(id, request_id, waiting, where, operation.last_failure(), agent);
    const auto& result = operation.get();
    return result.ok() ? answer_outcome(*result, id, agent.operation_table, answer)
                       : error_response(result.error(), request_id);
  };
  return Pending{.environment_id = environment_id,
                 .place = std::move(place),
                 .deadline = std::chrono::steady_clock::now() + waiting.span,
                 .on_end =
                     [operation](std::function<void()> notify) {
                       operation.on_done([notify = std::move(notify)](const auto&) { notify(); });
                     },
                 .answer = std::move(answer_now)};
}

}  // namespace dev8agentd
