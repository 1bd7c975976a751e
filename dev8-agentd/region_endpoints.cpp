// Endpoints about the subscription: regions with their quotas, and orphans.
#include "await_operation.h"
#include "dev8agent/wire.h"
#include "endpoints.h"

namespace dev8agentd {
namespace {

constexpr CallKind kRegions{"regions", std::chrono::seconds(85), &Agent::reads};

constexpr CallKind kOrphans{"orphans", std::chrono::seconds(85), &Agent::reads};
constexpr CallKind kSweep{"sweep", std::chrono::seconds(85), &Agent::writes};

Response with_orphans(std::string_view message, const std::vector<dev8agent::Orphan>& orphans) {
  return {.body = dev8agent::success_body(message,
                                          dev8agent::JsonObject().raw("orphans", to_json(orphans)).str())};
}

// Orphans are the operator's: a key of one user has no part in them.
std::optional<Response> refuse_user(const Request& request) {
  if (request.user.empty()) return std::nullopt;
  return error_response(dev8agent::make_error(dev8agent::ErrorCode::kForbidden,
                                              "a key of one user cannot see or sweep orphans"),
                        request.id);
}

}  // namespace

Reply list_regions(const Request& request, Agent& agent) {
  return await_operation(
      agent, request, kRegions, "",
      [&](dev8agent::CallOptions options) { return agent.orchestrator.regions(std::move(options)); },
      [limits = agent.orchestrator.settings()->size_limits](const std::vector<dev8agent::Region>& regions) {
        const std::string data =
            dev8agent::JsonObject().raw("limits", to_json(limits)).raw("regions", to_json(regions)).str();
        return Response{.body = dev8agent::success_body("Regions listed", data)};
      });
}

Reply list_orphans(const Request& request, Agent& agent) {
  if (auto refused = refuse_user(request)) return *refused;
  auto parsed = dev8agent::parse_orphans(request.query_value("olderThanMinutes"));
  if (!parsed.ok()) return error_response(parsed.error(), request.id);
  return await_operation(
      agent, request, kOrphans, "",
      [&](dev8agent::CallOptions options) { return agent.orchestrator.orphans(*parsed, std::move(options)); },
      [](const std::vector<dev8agent::Orphan>& orphans) { return with_orphans("Orphans listed", orphans); });
}

Reply sweep_orphans(const Request& request, Agent& agent) {
  if (auto refused = refuse_user(request)) return *refused;
  auto parsed = dev8agent::parse_sweep(request.body);
  if (!parsed.ok()) return error_response(parsed.error(), request.id);
  return await_operation(
      agent, request, kSweep, "",
      [&](dev8agent::CallOptions options) {
        return agent.orchestrator.sweep_orphans(*parsed, std::move(options));
      },
      [dry = parsed->dry_run](const std::vector<dev8agent::Orphan>& orphans) {
        return with_orphans(
            dry ? "Nothing was removed: this shows what a sweep would remove" : "Orphans swept", orphans);
      });
}

}  // namespace dev8agentd
