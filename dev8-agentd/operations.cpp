// Endpoints about operations: one, all of this process, and the cancellation of one.
#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>

#include "await_operation.h"
#include "dev8agent/wire.h"
#include "endpoints.h"
#include "operation_answers.h"
#include "prefer.h"

namespace dev8agentd {
namespace {

using dev8agent::Error;
using dev8agent::ErrorCode;
using dev8agent::make_error;
using dev8agent::OperationRecord;
using std::chrono::seconds;

constexpr CallKind kObserve{"observe", seconds(85), &Agent::reads};

constexpr std::uint64_t kLongestPage = 1000;

// A whole number from `least` to `most`: `otherwise` without the parameter, nothing when it is malformed.
std::optional<std::uint64_t> number_of(const Request& request, const char* name, std::uint64_t least,
                                       std::uint64_t most, std::uint64_t otherwise) {
  if (!request.query.contains(name)) return otherwise;
  const std::string text = request.query_value(name);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  if (!whole || value < least || value > most) return std::nullopt;
  return value;
}

std::optional<seconds> wait_of(const Request& request) {
  const auto value = number_of(request, "wait", 0, static_cast<std::uint64_t>(kLongestWait.count()), 0);
  if (!value) return std::nullopt;
  return seconds(*value);
}

Response bad_parameter(const Request& request, std::string field, std::string rule) {
  return error_response(dev8agent::invalid_request({{std::move(field), std::move(rule)}}), request.id);
}

Response unknown_operation(const Request& request) {
  return error_response(
      make_error(ErrorCode::kNotFound,
                 "there is no such operation: neither this agent nor one with the same AGENT_ACTIVITY_SECRET "
                 "made its id; GET /api/v1/environments shows what is there"),
      request.id);
}

// What this process knows of the operation, now. A HEAD has no body that could tell the password.
Response show_own(const std::string& id, const std::string& if_none_match, bool with_password,
                  const std::string& request_id, Agent& agent) {
  auto view = with_password ? agent.operation_table.take(id) : agent.operation_table.find(id);
  if (!view)
    return error_response(make_error(ErrorCode::kNotFound, "the operation is no longer known"), request_id);
  return shown_or_304(view->record, view->password.reveal(), if_none_match);
}

Reply wait_for_change(const Request& request, const OperationTable::View& view, seconds wait, Agent& agent) {
  Admission::Place place(agent.followers);
  if (!place.granted()) return too_many_callers(request);
  const std::string id = view.record.id;
  auto waiter = std::make_shared<std::shared_ptr<OperationTable::Waiter>>();
  return Pending{
      .environment_id = view.record.about.environment_id,
      .place = std::move(place),
      .deadline = std::chrono::steady_clock::now() + std::min(wait, agent.settings.request_timeout),
      .on_end =
          [&agent, id, version = view.version, waiter](std::function<void()> notify) {
            *waiter = agent.operation_table.wait(id, version, std::move(notify));
          },
      .answer = [&agent, id, waiter, tag = std::string(request.header("If-None-Match")),
                 with_password = request.method != "HEAD",
                 request_id = request.id] { return show_own(id, tag, with_password, request_id, agent); }};
}

// An operation of another process, or of this one in an earlier life: Azure shows how it stands.
Reply show_observed(const Request& request, seconds wait, Agent& agent) {
  const auto about = agent.orchestrator.read_operation_id(request.path_id);
  if (!about.ok()) return unknown_operation(request);
  const std::string tag(request.header("If-None-Match"));
  // Without a tag the first look is what a change is measured by.
  auto before = std::make_shared<std::string>(tag);
  const auto changed = [before](const OperationRecord& record) {
    const std::string now = etag_of(record);
    if (before->empty()) *before = now;
    return !names_etag(*before, now);
  };
  return await_operation(
      agent, request, kObserve, about->environment_id,
      [&](dev8agent::CallOptions options) {
        options.only_user.clear();  // whoever has the id was told it; whose it is shows in the answer
        return agent.orchestrator.observe_operation(
            request.path_id, changed, std::min(wait, agent.settings.request_timeout), std::move(options));
      },
      [&agent, tag, user = request.user,
       unknown = unknown_operation(request)](const OperationRecord& record) {
        const auto& shown = record.environment;
        if (!user.empty() && shown && shown->user_id != user) return unknown;
        if (record.ended()) agent.operation_table.remember(record);
        return shown_or_304(record, {}, tag);
      });
}

// Why an operation cannot be cancelled.
std::string obstacle_to_cancel(const OperationRecord& record, bool runs_here) {
  using dev8agent::OperationKind;
  if (record.ended()) {
    return "the operation has ended as " + std::string(to_string(record.status)) +
           "; there is nothing left to cancel: to undo a create, delete the environment; to undo a start, "
           "stop it";
  }
  if (record.about.kind == OperationKind::kStop || record.about.kind == OperationKind::kDelete) {
    return "a " + std::string(to_string(record.about.kind)) +
           " cannot be cancelled; wait for its end, then start or create the environment again";
  }
  if (runs_here) return "";
  return "another agent runs the operation, or none does any more: cancel it at that one, or delete the "
         "environment with force=true";
}

}  // namespace

Reply show_operation(const Request& request, Agent& agent) {
  const auto wait = wait_of(request);
  if (!wait) return bad_parameter(request, "wait", "must be a whole number of seconds from 0 to 60");
  const auto view = agent.operation_table.find(request.path_id);
  if (view && !OperationTable::may_see(request.user, *view)) return unknown_operation(request);
  if (!view) return show_observed(request, agent.draining ? seconds(0) : *wait, agent);
  const std::string tag(request.header("If-None-Match"));
  const bool changed = !tag.empty() && !names_etag(tag, etag_of(view->record));
  const bool now = wait->count() == 0 || view->record.ended() || changed || agent.draining;
  if (now) return show_own(request.path_id, tag, request.method != "HEAD", request.id, agent);
  return wait_for_change(request, *view, *wait, agent);
}

Reply list_operations(const Request& request, Agent& agent) {
  const std::string word = request.query_value("status");
  const auto status = dev8agent::parse_operation_status(word);
  if (request.query.contains("status") && !status) {
    return bad_parameter(request, "status", "must be RUNNING, SUCCEEDED, FAILED, CANCELLED or INTERRUPTED");
  }
  const auto size = number_of(request, "pageSize", 1, kLongestPage, kLongestPage);
  if (!size) return bad_parameter(request, "pageSize", "must be a whole number from 1 to 1000");
  const auto before = number_of(request, "cursor", 1, UINT64_MAX, UINT64_MAX);
  if (!before) return bad_parameter(request, "cursor", "must be the nextCursor of an earlier answer");
  const std::string environment = request.query_value("environmentId");
  const OperationTable::Page page = agent.operation_table.list({.environment_id = environment,
                                                                .user = request.user,
                                                                .status = status,
                                                                .before = *before,
                                                                .limit = static_cast<std::size_t>(*size)});
  std::string items;
  for (const OperationRecord& record : page.records) items += (items.empty() ? "" : ",") + to_json(record);
  dev8agent::JsonObject data;
  data.raw("operations", "[" + items + "]");
  if (page.next) data.field("nextCursor", std::to_string(*page.next));
  return Response{.body = dev8agent::success_body("Operations of this agent, newest first", data.str())};
}

Reply cancel_operation(const Request& request, Agent& agent) {
  const auto about = agent.orchestrator.read_operation_id(request.path_id);
  if (!about.ok()) return unknown_operation(request);
  auto view = agent.operation_table.find(request.path_id);
  if (view && !OperationTable::may_see(request.user, *view)) return unknown_operation(request);
  const bool runs_here = view && view->runs_here;
  if (!view) view = OperationTable::View{dev8agent::begin_record(request.path_id, *about), 0, false, {}, {}};
  std::string obstacle = obstacle_to_cancel(view->record, runs_here);
  // It may have ended just now.
  if (obstacle.empty() && !agent.operation_table.cancel(request.path_id)) {
    view = agent.operation_table.find(request.path_id);
    obstacle = view ? obstacle_to_cancel(view->record, true) : "the operation has ended";
  }
  if (obstacle.empty()) return cancelling(view->record);
  return error_response(make_error(ErrorCode::kConflict, obstacle), request.id);
}

}  // namespace dev8agentd
