// Answers for callers who do not see the end of their operation.
#include "await_operation.h"

namespace dev8agentd {

using dev8agent::Error;
using dev8agent::ErrorCode;
using dev8agent::make_error;

std::string_view known_region(const Agent& agent, std::string_view name) {
  const auto& settings = agent.orchestrator.settings();
  if (const dev8agent::RegionOptions* region = settings.region(name)) return region->name;
  return settings->regions.size() == 1 ? std::string_view(settings->regions.front().name) : "";
}

Response too_many_callers(const Request& request) {
  Error error = make_error(ErrorCode::kRateLimited,
                           "the agent is busy with as many operations as it can be; retry later");
  error.retry_after = std::chrono::seconds(5);
  return error_response(error, request.id, 503);
}

Response still_running(const std::string& request_id, std::chrono::seconds waited, Standing at,
                       const std::string& follow_up) {
  std::string stage = "stage '" + std::string(to_string(at.progress.stage)) + "'";
  if (!at.progress.detail.empty()) stage += ": " + at.progress.detail;
  if (at.last_failure) stage += "; last failure: " + at.last_failure->message;
  Error error =
      make_error(ErrorCode::kTimeout, "no outcome within " + std::to_string(waited.count()) + " s (" + stage +
                                          "); the operation goes on: " + follow_up);
  error.retry_after = std::chrono::seconds(5);
  error.azure_request_id = std::move(at.azure_request_id);
  if (at.last_failure) {
    error.azure_status = at.last_failure->azure_status;
    error.azure_code = std::move(at.last_failure->azure_code);
    const std::string& failed = at.last_failure->azure_request_id;
    if (!failed.empty()) error.azure_request_id = failed;
  }
  error.events = std::move(at.container.events);
  error.log_tail = std::move(at.container.log_tail);
  return error_response(error, request_id);
}

std::string follow_up(const CallKind& kind, const std::string& id) {
  if (kind.admission == &Agent::reads) return "repeat this call";
  return "GET /api/v1/environments/" + id + " shows its state, and repeating this call waits for it again";
}

Response shutting_down(const std::string& request_id) {
  Error error =
      make_error(ErrorCode::kCancelled,
                 "the agent shut down before the outcome was known; repeat the call at another one");
  error.retry_after = std::chrono::seconds(1);
  return error_response(error, request_id, 503);
}

}  // namespace dev8agentd
