// run_operation() starts a create, start, stop or delete, and enters it into the table of operations, where
// others can follow it. Its caller gets the outcome, or 202 when it asked for that (Prefer: respond-async).
// No thread waits. The operation goes on when its caller stops waiting. Used by environments.cpp, on worker
// threads.
//
//   return run_operation(
//       agent, request, kStop, *parsed,
//       [&](CallOptions options) { return agent.orchestrator.stop(std::move(*parsed), std::move(options)); },
//       [](const Environment& environment) { return with_id(environment.id, "Environment stopped"); });
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

// What the table keeps of an outcome: its environment, which the success shows to followers. Each type of
// outcome has its function here; a delete has no environment to show.
inline std::optional<dev8agent::Environment> environment_of(const dev8agent::EnvironmentOutcome& outcome) {
  return outcome.environment;
}
inline std::optional<dev8agent::Environment> environment_of(const dev8agent::Environment& environment) {
  return environment;
}
inline std::optional<dev8agent::Environment> environment_of(const dev8agent::Deletion&) {
  return std::nullopt;
}
// The generated password of an outcome; empty where its type has none. It is told to one caller only, so the
// table keeps it apart from the record.
template <class T>
dev8agent::Secret password_of(const T& outcome) {
  // A create or a start.
  if constexpr (std::is_same_v<T, dev8agent::EnvironmentOutcome>) {
    return outcome.code_server_password.copy();
  } else {
    return {};
  }
}

// Whose environment the request is about, as far as it tells.
template <class Parsed>
std::string user_of(const Parsed& parsed, const Request& request) {
  if constexpr (std::is_same_v<Parsed, dev8agent::CreateRequest>) {
    return parsed.spec.user_id;
  } else {
    return request.user;
  }
}

// The environment that the request is about. A create says where it may be made, not where it is.
template <class Parsed>
dev8agent::GetRequest target_of(const Parsed& parsed) {
  if constexpr (std::is_same_v<Parsed, dev8agent::CreateRequest>) {
    return {.id = parsed.id};
  } else {
    return {.id = parsed.id, .cloud_region = parsed.cloud_region};
  }
}

// Enters the end of `operation` into the table when it has come, under the operation's `id`, which is not
// null. The callback may run on the loop thread. `table` must live until the orchestrator has ended.
template <class T>
void note_end(const dev8agent::Operation<T>& operation, std::shared_ptr<const std::string> id,
              OperationTable& table) {
  // It may be done already: then this returns after the callback.
  operation.on_done([&table, id = std::move(id)](const dev8agent::Result<T>& result) {
    const auto now = std::chrono::system_clock::now();
    if (!result.ok()) return table.end(*id, &result.error(), std::nullopt, {}, now);
    table.end(*id, nullptr, environment_of(*result), password_of(*result), now);
  });
}

// The synchronous answer: what `answer` makes of the outcome. The password in it is the table's, not the
// outcome's: it is empty when a follower was told before.
template <class T, class Answer>
Response answer_outcome(const T& outcome, const std::string& id, OperationTable& table,
                        const Answer& answer) {
  if constexpr (std::is_same_v<T, dev8agent::EnvironmentOutcome>) {
    // A copy, member by member, because a Secret is not copied by accident.
    dev8agent::EnvironmentOutcome told;
    told.environment = outcome.environment;
    told.changed = outcome.changed;
    told.code_server_password = table.take_password(id);
    return answer(told);
  } else {
    return answer(outcome);
  }
}

// True for an operation that was refused without a call of Azure: its request breaks a rule, or asks for what
// this agent does not do. Then it is no operation that anybody could follow.
template <class T>
bool was_refused(const dev8agent::Operation<T>& operation) {
  // The orchestrator checks a request before its operation begins, so a refusal is there already.
  if (!operation.done() || operation.get().ok()) return false;
  const dev8agent::ErrorCode code = operation.get().error().code;
  return code == dev8agent::ErrorCode::kInvalidRequest || code == dev8agent::ErrorCode::kNotSupported;
}

// An operation whose caller gets 202 at once turns to Azure when no other such caller has come for this time,
// or after four times as long. So the callers of a burst have their answers before the work for the first
// ones takes the processor.
inline constexpr std::chrono::milliseconds kAnswersFirst{100};

// How long the caller of an operation waits, and what it gets then.
struct Waiting {
  bool async = false;            // it asked for 202 instead of waiting for the end
  std::chrono::seconds span{0};  // the wait for the outcome
};
// From the request's Prefer field, the kind's patience and REQUEST_TIMEOUT_SECONDS. A synchronous caller
// waits for the patience, an asynchronous one as long as it has asked for, but no longer than that.
Waiting waiting_of(const Request& request, const CallKind& kind, const Agent& agent);
// The answer of a caller whose wait is over before the operation: 202 for an asynchronous one, 503 at
// shutdown, else 504 with how it stands (`at`). `id` is the operation's; all three
// name it. `where` says how to learn of the outcome.
Response not_ended(const std::string& id, const std::string& request_id, const Waiting& waiting,
                   const std::string& where, Standing at, Agent& agent);

// Starts an operation and promises its outcome.
// - `parsed` is the checked request, for which the operation's id is made; its `id` is the environment's.
// - `start(CallOptions)` starts the operation, and returns a dev8agent::Operation.
// - `answer(value)` makes the Response of a success. It must own what it uses, because it may run later, on
//   another thread. A failure is answered with error_response().
//
// The operation is in the table before it starts, so that its first report finds it. It takes part in the
// limits of `kind.admission`; a caller over them gets 503, and nothing is started. A request that the
// orchestrator refuses at once leaves no trace in the table.
template <class Parsed, class Start, class Answer>
Reply run_operation(Agent& agent, const Request& request, const CallKind& kind, const Parsed& parsed,
                    Start start, Answer answer) {
  Admission::Place place(agent.*kind.admission);
  if (!place.granted()) return too_many_callers(request);
  const dev8agent::GetRequest target = target_of(parsed);  // `start` moves from `parsed`
  const dev8agent::OperationRecord begun = agent.orchestrator.new_operation(parsed);
  const std::string& id = begun.id;
  OperationTable& table = agent.operation_table;
  // One for all callbacks, which live as long as the operation.
  const auto held = table.begin(begun, user_of(parsed, request));
  const Waiting waiting = waiting_of(request, kind, agent);
  const bool answers_now = waiting.async && waiting.span.count() == 0;
  // Reports of progress come on the loop thread.
  const auto operation = start(
      dev8agent::CallOptions{.start_after = answers_now ? kAnswersFirst : std::chrono::milliseconds(0),
                             .request_id = request.id,
                             .operation_id = id,
                             .only_user = request.user,
                             .on_progress =
                                 [&table, held](const dev8agent::Progress& progress) {
                                   table.note_progress(*held, progress, std::chrono::system_clock::now());
                                 },
                             .trace_id = request.trace_id});
  measure(operation, kind, target.id, begun.about.cloud_region, request, agent, held);
  // The caller gets the rules that its request breaks (400 or 501).
  if (was_refused(operation)) {
    table.forget(id);
    return error_response(operation.get().error(), request.id);
  }
  // From here on, POST /api/v1/operations/{id}/cancel reaches it.
  table.set_cancel(id, [operation] { operation.cancel(); });
  note_end(operation, held, table);
  // The caller's place is given back. An operation that waits is as it has begun; one that a shutdown refused
  // has ended.
  if (answers_now) return accepted(operation.done() ? table.find(id)->record : begun);
  const auto report = waiting.async ? nullptr : std::make_shared<WaitReport>(agent, target, request);
  // Called once: after the end, at the deadline or at shutdown, whichever comes first. The claim keeps the
  // password for this caller until then.
  auto answer_now = [operation, waiting, id, report, &agent, request_id = request.id, claim = table.claim(id),
                     where = follow_up(kind, target.id), answer = std::move(answer)] {
    if (!operation.done())
      return not_ended(id, request_id, waiting, where, standing_of(operation, report.get()), agent);
    // Never blocks here: the operation is done.
    const auto& result = operation.get();
    Response response = result.ok() ? answer_outcome(*result, id, agent.operation_table, answer)
                                    : error_response(result.error(), request_id);
    response.operation_id = id;
    return response;
  };
  // The front door keeps it from here on.
  Pending pending{.environment_id = target.id,
                  .place = std::move(place),
                  .deadline = std::chrono::steady_clock::now() + waiting.span,
                  .on_end =
                      [operation](std::function<void()> notify) {
                        operation.on_done([notify = std::move(notify)](const auto&) { notify(); });
                      },
                  .answer = std::move(answer_now)};
  if (report) report->ask_before_end(pending, waiting.span);
  return pending;
}

}  // namespace dev8agentd
