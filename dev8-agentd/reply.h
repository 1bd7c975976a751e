// Reply: what a handler gives back. It is an answer, or the promise of one for when its operation has ended.
// With a promise no thread waits: the front door keeps the connection and asks for the answer later.
//
//   return Response{.body = success_body("Activity received", data)};  // an answer now
//   return await_operation(agent, request, kGet, id, start, answer);   // an answer later
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <variant>

#include "admission.h"
#include "message.h"

namespace dev8agentd {

// A promised answer (a deferred answer of the glossary). The order: on_end() once, ask() at most once, then
// answer() once, after the end or at the deadline. Destroying it gives up the caller's place; the operation
// goes on.
struct Pending {
  std::string environment_id;                      // for the log; empty for several
  Admission::Place place;                          // the caller's
  std::chrono::steady_clock::time_point deadline;  // until when the caller may wait
  // Has its argument called once, from any thread, when the operation has ended (or has changed, for one that
  // is followed); before it returns, if that is so already.
  std::function<void(std::function<void()>)> on_end;
  // Makes the answer: the outcome, or that there is none yet. On a worker thread; must not block.
  std::function<Response()> answer;
  // Called at `ask_at`, which is before the deadline, while the operation has not ended: asks for what the
  // answer tells then beside. On the loop; must not block. Null: there is nothing to ask for.
  std::function<void()> ask{};
  std::chrono::steady_clock::time_point ask_at{};
};

using Reply = std::variant<Response, Pending>;

}  // namespace dev8agentd
