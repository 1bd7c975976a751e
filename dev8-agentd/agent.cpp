// Puts one running daemon together.
#include "agent.h"

#include <utility>

namespace dev8agentd {
namespace {
constexpr std::chrono::seconds kHealthTimeout{20};
}

Agent::Agent(Settings daemon_settings, dev8agent::EnvironmentOrchestrator made)
    : settings(std::move(daemon_settings)),
      api_keys(settings.api_keys),
      cors(settings.cors_origins),
      limiter(settings.rate_limit_rps, settings.rate_limit_burst),
      orchestrator(std::move(made)),
      health([this](HealthMonitor::Report report) {
        orchestrator.check_health({.timeout = kHealthTimeout, .request_id = "health"})
            .on_done(std::move(report));
      }) {}

}  // namespace dev8agentd
