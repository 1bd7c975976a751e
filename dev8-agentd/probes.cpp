// Endpoints about the agent itself: index, health, readiness, liveness and metrics.
#include "dev8agent/version.h"
#include "dev8agent/wire.h"
#include "endpoints.h"
#include "routes.h"

namespace dev8agentd {
namespace {

using dev8agent::JsonObject;

constexpr const char* kService = "dev8-agent";

// Why the credentials have not worked yet, as far as that is known.
std::string why_not_ready(const dev8agent::HealthReport& report) {
  std::string reason = "Azure credentials have not worked yet";
  for (const dev8agent::HealthCheck& check : report.checks) {
    if (!check.healthy) return reason + ": " + check.message;
  }
  return reason;
}

// Why the agent is not ready; empty when it is.
std::string obstacle(const Agent& agent) {
  if (agent.draining) return "the agent is shutting down";
  return agent.health.ever_authenticated() ? "" : why_not_ready(agent.health.report());
}

// Particulars are for whoever may see everything.
bool is_operator(const Request& request, const Agent& agent) {
  if (agent.api_keys.empty()) return true;
  const auto holder = agent.api_keys.find(request.bearer_token());
  return holder && holder->user.empty();
}

}  // namespace

Reply show_index(const Request&, Agent&) {
  std::string endpoints;
  for (const Route& route : routes()) {
    if (!endpoints.empty()) endpoints += ',';
    endpoints += JsonObject().field("method", route.method).field("path", route.path).str();
  }
  JsonObject body;
  body.field("service", kService).field("version", dev8agent::version()).field("status", "running");
  return Response{.body = body.raw("endpoints", "[" + endpoints + "]").str()};
}

Reply show_health(const Request& request, Agent& agent) {
  const dev8agent::HealthReport report = agent.health.report();
  JsonObject checks;
  for (const dev8agent::HealthCheck& check : report.checks) {
    JsonObject entry;
    entry.field("status", check.healthy ? "healthy" : "unhealthy");
    if (!check.message.empty()) entry.field("message", check.message);
    checks.raw(check.name, entry.str());
  }
  const auto uptime = std::chrono::steady_clock::now() - agent.started;
  JsonObject body;
  body.field("status", report.healthy() ? "healthy" : "degraded");
  body.field("timestamp", dev8agent::format_time(std::chrono::system_clock::now()));
  body.field("uptime", format_uptime(std::chrono::duration_cast<std::chrono::seconds>(uptime)));
  body.field("service", kService).field("version", dev8agent::version());
  body.raw("checks", checks.str());
  if (request.query_value("verbose") == "true") {
    const bool whole = is_operator(request, agent);
    body.raw("findings", to_json(agent.findings.list(), whole));
    const StorageReport::Allowances storage = whole ? agent.storage.get() : StorageReport::Allowances();
    if (!storage.empty()) body.raw("storage", to_json(storage));
  }
  return Response{.status = report.healthy() ? 200 : 503, .body = body.str()};
}

Reply show_ready(const Request&, Agent& agent) {
  const std::string reason = obstacle(agent);
  if (reason.empty()) return Response{.body = JsonObject().field("status", "ready").str()};
  return Response{.status = 503,
                  .body = JsonObject().field("status", "not ready").field("reason", reason).str()};
}

Reply show_live(const Request&, Agent&) {
  return Response{.body = JsonObject().field("status", "alive").str()};
}

Reply show_metrics(const Request&, Agent& agent) {
  const auto tls = agent.tls.context();
  const MetricsSample now{.scheme = agent.tls.scheme(),
                          .certificate_expires = tls ? std::optional(tls->expires()) : std::nullopt,
                          .ready = obstacle(agent).empty(),
                          .healthy = agent.health.report().healthy(),
                          .environments_watched = agent.events.feeds(),
                          .writers_waiting = agent.writes.waiting(),
                          .readers_waiting = agent.reads.waiting(),
                          .followers_waiting = agent.followers.waiting()};
  return Response{.body = agent.metrics.text(now),
                  .content_type = "text/plain; version=0.0.4; charset=utf-8"};
}

}  // namespace dev8agentd
