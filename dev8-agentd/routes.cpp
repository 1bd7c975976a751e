// The table of endpoints.
#include "routes.h"

#include <array>

namespace dev8agentd {
namespace {

using enum Access;
using enum Draining;

constexpr std::string_view kAll = "/api/v1/environments";
constexpr std::string_view kOne = "/api/v1/environments/{id}";

constexpr std::array kRoutes = {
    Route{"GET", "/", kOpen, kServes, show_index},
    Route{"GET", "/health", kProbe, kServes, show_health},
    Route{"GET", "/ready", kProbe, kServes, show_ready},
    Route{"GET", "/live", kProbe, kServes, show_live},
    Route{"GET", "/metrics", kKey, kServes, show_metrics},
    Route{"GET", kAll, kKey, kRefuses, list_environments},
    Route{"POST", kAll, kKey, kRefuses, create_environment},
    Route{"DELETE", kAll, kKey, kRefuses, delete_environment},
    Route{"POST", "/api/v1/environments/start", kKey, kRefuses, start_environment},
    Route{"POST", "/api/v1/environments/stop", kKey, kRefuses, stop_environment},
    Route{"GET", kOne, kKey, kRefuses, get_environment},
    Route{"DELETE", kOne, kKey, kRefuses, delete_environment},
    Route{"POST", "/api/v1/environments/{id}/start", kKey, kRefuses, start_environment},
    Route{"POST", "/api/v1/environments/{id}/stop", kKey, kRefuses, stop_environment},
    Route{"POST", "/api/v1/environments/{id}/restart", kKey, kRefuses, restart_environment},
    Route{"GET", "/api/v1/environments/{id}/events", kKey, kRefuses, show_events},
    Route{"GET", "/api/v1/environments/{id}/logs", kKey, kRefuses, show_logs},
    Route{"GET", "/api/v1/events", kKey, kRefuses, show_many_events},
    Route{"POST", "/api/v1/environments/{id}/activity", kKeyOrActivityToken, kServes, report_activity},
    Route{"GET", "/api/v1/operations", kKey, kServes, list_operations},
    Route{"GET", "/api/v1/operations/{id}", kKey, kServes, show_operation},
    Route{"POST", "/api/v1/operations/{id}/cancel", kKey, kServes, cancel_operation},
};

}  // namespace

std::span<const Route> routes() {
  return kRoutes;
}

}  // namespace dev8agentd
