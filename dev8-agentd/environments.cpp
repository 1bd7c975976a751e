// Endpoints about environments: each reads its request, asks the orchestrator and words the outcome.
#include "await_operation.h"
#include "dev8agent/wire.h"
#include "endpoints.h"
#include "random_id.h"
#include "run_operation.h"

namespace dev8agentd {
namespace {

using dev8agent::CallOptions;
using dev8agent::Environment;
using dev8agent::EnvironmentOutcome;
using dev8agent::JsonObject;
using dev8agent::success_body;

dev8agent::QueryValues query_values(const Request& request) {
  return {.cloud_region = request.query_value("cloudRegion"),
          .force = request.query_value("force"),
          .snapshot = request.query_value("snapshot")};
}

std::string path_to(const std::string& id) {
  return "/api/v1/environments/" + id;
}

// The known client gives up a create after 300 s and everything else after 90 s: the agent answers before.
constexpr CallKind kCreate{"create", std::chrono::seconds(290), &Agent::writes};
constexpr CallKind kStart{"start", std::chrono::seconds(85), &Agent::writes};
constexpr CallKind kStop{"stop", std::chrono::seconds(85), &Agent::writes};
constexpr CallKind kRestart{"restart", std::chrono::seconds(85), &Agent::writes};
constexpr CallKind kUpdate{"update", std::chrono::seconds(85), &Agent::writes};
constexpr CallKind kRestore{"restore", std::chrono::seconds(85), &Agent::writes};
constexpr CallKind kDelete{"delete", std::chrono::seconds(85), &Agent::writes};
constexpr CallKind kGet{"get", std::chrono::seconds(85), &Agent::reads};
constexpr CallKind kList{"list", std::chrono::seconds(85), &Agent::reads};

// `shown` is an Environment, or an EnvironmentOutcome with the password that its call has set.
template <class T>
Response with_environment(const T& shown, std::string_view message, int status = 200) {
  JsonObject data;
  data.raw("environment", to_json(shown)).field("message", message);
  return {.status = status, .body = success_body(message, data.str())};
}

Response with_id(const std::string& id, std::string_view message) {
  return {.body =
              success_body(message, JsonObject().field("workspaceId", id).field("message", message).str())};
}

}  // namespace

Reply create_environment(const Request& request, Agent& agent) {
  auto parsed = dev8agent::parse_create(request.body, agent.orchestrator.settings());
  if (!parsed.ok()) return error_response(parsed.error(), request.id);
  if (auto refused = claim_for_user(request, parsed->spec.user_id)) return *refused;
  if (parsed->id.empty()) parsed->id = new_uuid();  // known here, so that a late answer can name it
  return run_operation(
      agent, request, kCreate, *parsed,
      [&](CallOptions options) { return agent.orchestrator.create(std::move(*parsed), std::move(options)); },
      [](const EnvironmentOutcome& outcome) {
        if (!outcome.changed) {
          return with_environment(outcome, "Environment exists already; nothing was changed");
        }
        Response response = with_environment(outcome, "Environment created", 201);
        response.headers.push_back({"Location", path_to(outcome.environment.id)});
        return response;
      });
}

Reply start_environment(const Request& request, Agent& agent) {
  auto parsed =
      parse_start(request.path_id, query_values(request), request.body, agent.orchestrator.settings());
  if (!parsed.ok()) return error_response(parsed.error(), request.id);
  return run_operation(
      agent, request, kStart, *parsed,
      [&](CallOptions options) { return agent.orchestrator.start(std::move(*parsed), std::move(options)); },
      [](const EnvironmentOutcome& outcome) {
        return with_environment(outcome, outcome.changed
                                             ? "Environment started"
                                             : "Environment is running already; nothing was changed");
      });
}

Reply stop_environment(const Request& request, Agent& agent) {
  auto parsed =
      parse_stop(request.path_id, query_values(request), request.body, agent.orchestrator.settings());
  if (!parsed.ok()) return error_response(parsed.error(), request.id);
  return run_operation(
      agent, request, kStop, *parsed,
      [&](CallOptions options) { return agent.orchestrator.stop(std::move(*parsed), std::move(options)); },
      [](const Environment& environment) {
        return with_id(environment.id, "Environment stopped; its files are kept");
      });
}

Reply restart_environment(const Request& request, Agent& agent) {
  auto parsed =
      parse_stop(request.path_id, query_values(request), request.body, agent.orchestrator.settings());
  if (!parsed.ok()) return error_response(parsed.error(), request.id);
  const std::string region = parsed->cloud_region;
  return await_operation(
      agent, request, kRestart, parsed->id,
      [&](CallOptions options) {
        return agent.orchestrator.restart({parsed->id, parsed->cloud_region}, std::move(options));
      },
      [](const Environment& environment) { return with_environment(environment, "Environment restarted"); },
      region);
}

Reply update_environment(const Request& request, Agent& agent) {
  auto parsed =
      parse_update(request.path_id, query_values(request), request.body, agent.orchestrator.settings());
  if (!parsed.ok()) return error_response(parsed.error(), request.id);
  const std::string region = parsed->cloud_region;
  return await_operation(
      agent, request, kUpdate, parsed->id,
      [&](CallOptions options) { return agent.orchestrator.update(std::move(*parsed), std::move(options)); },
      [](const Environment& environment) { return with_environment(environment, "Environment updated"); },
      region);
}

Reply restore_environment(const Request& request, Agent& agent) {
  auto parsed =
      parse_stop(request.path_id, query_values(request), request.body, agent.orchestrator.settings());
  if (!parsed.ok()) return error_response(parsed.error(), request.id);
  const std::string region = parsed->cloud_region;
  return await_operation(
      agent, request, kRestore, parsed->id,
      [&](CallOptions options) {
        return agent.orchestrator.restore({parsed->id, parsed->cloud_region}, std::move(options));
      },
      [](const Environment& environment) { return with_environment(environment, "Files restored"); }, region);
}

Reply delete_environment(const Request& request, Agent& agent) {
  auto parsed =
      parse_delete(request.path_id, query_values(request), request.body, agent.orchestrator.settings());
  if (!parsed.ok()) return error_response(parsed.error(), request.id);
  const std::string id = parsed->id;
  return run_operation(
      agent, request, kDelete, *parsed,
      [&](CallOptions options) { return agent.orchestrator.remove(std::move(*parsed), std::move(options)); },
      [id](const dev8agent::Deletion& deletion) {
        const std::string message = deletion.kept ? "Environment deleted; " + deletion.kept->advice
                                                  : "Environment and its files deleted";
        JsonObject data;
        data.field("workspaceId", id).field("message", message);
        if (deletion.restorable_until)
          data.field("restorableUntil", dev8agent::format_time(*deletion.restorable_until));
        if (deletion.kept) data.raw("kept", to_json(*deletion.kept));
        return Response{.body = success_body(message, data.str())};
      });
}

Reply get_environment(const Request& request, Agent& agent) {
  auto parsed = parse_get(request.path_id, query_values(request), agent.orchestrator.settings());
  if (!parsed.ok()) return error_response(parsed.error(), request.id);
  return await_operation(
      agent, request, kGet, parsed->id,
      [&](CallOptions options) { return agent.orchestrator.get(std::move(*parsed), std::move(options)); },
      [](const Environment& environment) { return with_environment(environment, "Environment found"); });
}

Reply list_environments(const Request& request, Agent& agent) {
  const dev8agent::ListQuery query = {request.query_value("userId"),   request.query_value("cloudRegion"),
                                      request.query_value("status"),   request.query_value("page"),
                                      request.query_value("pageSize"), request.query_value("label"),
                                      request.query_value("cursor")};
  auto parsed = parse_list(query, agent.orchestrator.settings());
  if (!parsed.ok()) return error_response(parsed.error(), request.id);
  if (auto refused = claim_for_user(request, parsed->user_id)) return *refused;
  return await_operation(
      agent, request, kList, "",
      [&](CallOptions options) { return agent.orchestrator.list(std::move(*parsed), std::move(options)); },
      [](const dev8agent::EnvironmentPage& page) {
        return Response{.body = success_body("Environments listed", to_json(page))};
      });
}

// A report without a timestamp is passed on without one, so that it counts from now by Azure's clock. The
// caller does not wait until the activity is kept, because a supervisor reports again; with a key of one user
// it waits until it is known whose environment it is.
Reply report_activity(const Request& request, Agent& agent) {
  auto parsed = dev8agent::parse_activity(request.path_id, request.body, dev8agent::WallTime{});
  if (!parsed.ok()) return error_response(parsed.error(), request.id);
  dev8agent::ActivityReport told = *parsed;
  if (told.timestamp == dev8agent::WallTime{}) told.timestamp = std::chrono::system_clock::now();
  const Response received{.body = success_body("Activity received", to_json(told))};
  if (!request.user.empty()) {
    return await_operation(
        agent, request, kGet, parsed->environment_id,
        [&](CallOptions options) {
          return agent.orchestrator.report_activity(std::move(*parsed), std::move(options));
        },
        [received](const dev8agent::Done&) { return received; });
  }
  agent.orchestrator.report_activity(*parsed, {.request_id = request.id, .trace_id = request.trace_id})
      .on_done([&agent, log = agent.orchestrator.settings()->logger,
                id = parsed->environment_id](const dev8agent::Result<dev8agent::Done>& kept) {
        if (!kept.ok()) agent.findings.note_failure(kept.error());
        if (kept.ok() || !log) return;
        log({dev8agent::LogLevel::kWarn,
             "idle.activity_lost",
             {{"environment", id}, {"error", kept.error().message}}});
      });
  return received;
}

}  // namespace dev8agentd
