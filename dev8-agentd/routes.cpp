// The table of endpoints.
#include "routes.h"

#include <array>

namespace dev8agentd {
namespace {

using enum Access;
using enum Scope;
using enum Draining;

constexpr std::string_view kAll = "/api/v1/environments";
constexpr std::string_view kOne = "/api/v1/environments/{id}";

constexpr std::array kRoutes = {
    Route{"GET", "/", kOpen, kRead, kServes, show_index},
    Route{"GET", "/health", kProbe, kRead, kServes, show_health},
    Route{"GET", "/ready", kProbe, kRead, kServes, show_ready},
    Route{"GET", "/live", kProbe, kRead, kServes, show_live},
    Route{"GET", "/metrics", kKeyOfOperator, kRead, kServes, show_metrics},
    Route{"GET", "/openapi.json", kOpen, kRead, kServes, show_openapi},
    Route{"GET", "/console/", kOpen, kRead, kServes, show_console},
    Route{"GET", "/console/console.js", kOpen, kRead, kServes, show_console_script},
    Route{"GET", "/console/console.css", kOpen, kRead, kServes, show_console_style},
    Route{"GET", "/console/emulator.json", kKeyOfOperator, kRead, kServes, show_emulator},
    Route{"GET", kAll, kKey, kRead, kRefuses, list_environments},
    Route{"POST", kAll, kKey, kOperate, kRefuses, create_environment},
    Route{"DELETE", kAll, kKey, kAdmin, kRefuses, delete_environment},
    Route{"POST", "/api/v1/environments/start", kKey, kOperate, kRefuses, start_environment},
    Route{"POST", "/api/v1/environments/stop", kKey, kOperate, kRefuses, stop_environment},
    Route{"GET", kOne, kKey, kRead, kRefuses, get_environment},
    Route{"PATCH", kOne, kKey, kOperate, kRefuses, update_environment},
    Route{"DELETE", kOne, kKey, kAdmin, kRefuses, delete_environment},
    Route{"POST", "/api/v1/environments/{id}/start", kKey, kOperate, kRefuses, start_environment},
    Route{"POST", "/api/v1/environments/{id}/stop", kKey, kOperate, kRefuses, stop_environment},
    Route{"POST", "/api/v1/environments/{id}/restart", kKey, kOperate, kRefuses, restart_environment},
    Route{"POST", "/api/v1/environments/{id}/restore", kKey, kAdmin, kRefuses, restore_environment},
    Route{"GET", "/api/v1/environments/{id}/events", kKey, kRead, kRefuses, show_events},
    Route{"GET", "/api/v1/environments/{id}/logs", kKey, kRead, kRefuses, show_logs},
    Route{"GET", "/api/v1/events", kKey, kRead, kRefuses, show_many_events},
    Route{"POST", "/api/v1/environments/{id}/activity", kKeyOrActivityToken, kOperate, kServes,
          report_activity},
    Route{"GET", "/api/v1/regions", kKey, kRead, kRefuses, list_regions},
    Route{"GET", "/api/v1/orphans", kKey, kRead, kRefuses, list_orphans},
    Route{"POST", "/api/v1/orphans/sweep", kKey, kAdmin, kRefuses, sweep_orphans},
    Route{"GET", "/api/v1/operations", kKey, kRead, kServes, list_operations},
    Route{"GET", "/api/v1/operations/{id}", kKey, kRead, kServes, show_operation},
    Route{"POST", "/api/v1/operations/{id}/cancel", kKey, kOperate, kServes, cancel_operation},
};

}  // namespace

std::span<const Route> routes() {
  return kRoutes;
}

}  // namespace dev8agentd
