// What every request goes through, whatever it asks for.
#include "exchange.h"

#include "endpoints.h"
#include "gate.h"
#include "random_id.h"
#include "router.h"

namespace dev8agentd {
namespace {

using dev8agent::LogLevel;

LogLevel level_of(int status, const Route* route) {
  if (status >= 500) return LogLevel::kWarn;
  const bool probe = route != nullptr && route->access == Access::kOpen;
  return probe ? LogLevel::kDebug : LogLevel::kInfo;
}

}  // namespace

Exchange::Exchange(Request request, Agent& agent) : agent_(&agent), request_(std::move(request)) {
  const std::string_view given = request_.header("X-Request-ID");
  request_.id = is_well_formed_request_id(given) ? std::string(given) : new_uuid();
  agent_->metrics.request_started();
}

std::optional<Response> Exchange::turn_away() {
  return dev8agentd::turn_away(request_, *agent_);
}

Response Exchange::answer(std::string body) {
  request_.body = std::move(body);
  return dev8agentd::answer(request_, *agent_);
}

void Exchange::complete(Response& response) const {
  response.headers.push_back({"X-Request-ID", request_.id});
  response.headers.push_back({"Cache-Control", "no-store"});
  agent_->cors.decorate(request_, response);
}

void Exchange::record(int status, std::size_t bytes, const Log& log) const {
  const std::chrono::duration<double> duration = std::chrono::steady_clock::now() - begin_;
  const std::string route(request_.route == nullptr ? "unmatched" : request_.route->path);
  agent_->metrics.request_finished(route, request_.method, status, duration);
  log.write({level_of(status, request_.route),
             "http.request",
             {{"requestId", request_.id},
              {"method", request_.method},
              {"route", route},
              {"status", std::to_string(status)},
              {"durationMs", std::to_string(static_cast<long>(duration.count() * 1000))},
              {"bytes", std::to_string(bytes)},
              {"remote", request_.remote_address}}});
}

}  // namespace dev8agentd
