// What every request goes through, whatever it asks for.
#include "exchange.h"

#include <algorithm>
#include <array>

#include "client_address.h"
#include "dev8agent/wire.h"
#include "gate.h"
#include "http_text.h"
#include "routes.h"

namespace dev8agentd {
namespace {

using dev8agent::LogLevel;

LogLevel level_of(int status, const Route* route) {
  // What a probe finds is told once, by the event of the change.
  if (route != nullptr && route->access == Access::kProbe) return LogLevel::kDebug;
  return status >= 500 && route != nullptr ? LogLevel::kWarn : LogLevel::kInfo;
}

// Of all the words that a client can put there, only these become labels and log fields.
std::string_view method_label(std::string_view method) {
  static constexpr std::array<std::string_view, 8> kKnown = {"GET",     "HEAD",  "POST",  "PUT",
                                                             "OPTIONS", "PATCH", "TRACE", "DELETE"};
  const auto known = std::find(kKnown.begin(), kKnown.end(), method);
  return known == kKnown.end() ? "other" : *known;
}

constexpr std::string_view kApi = "/api";

// All values of X-Forwarded-For, in their order.
std::string forwarded_for(const std::vector<dev8agent::HttpHeader>& headers) {
  std::string joined;
  for (const dev8agent::HttpHeader& header : headers) {
    if (!equal_ignoring_case(header.name, "X-Forwarded-For")) continue;
    joined += (joined.empty() ? "" : ",") + header.value;
  }
  return joined;
}

constexpr std::string_view kOperation = "/api/v1/operations/{id}";

// What a request is about by its path, refused or not, for the log.
struct Subject {
  std::string environment_id{};
  std::string_view operation_id{};
};
Subject subject_of(const Request& request, const Agent& agent) {
  if (request.route == nullptr || request.path_id.empty()) return {};
  if (!request.route->path.starts_with(kOperation)) {
    const bool is_id = dev8agent::parse_get(request.path_id, {}, agent.orchestrator.settings()).ok();
    return {is_id ? request.path_id : std::string(), {}};
  }
  const auto about = agent.orchestrator.read_operation_id(request.path_id);
  if (!about.ok()) return {};
  return {about->environment_id, request.path_id};
}

// draft-ietf-httpapi-ratelimit-headers-08: the window is the time in which the bucket fills.
void add_rate_limit(const RateLimiter::Standing& rate, const Settings& settings, Response& response) {
  const int window = (settings.rate_limit_burst + settings.rate_limit_rps - 1) / settings.rate_limit_rps;
  response.headers.push_back(
      {"RateLimit-Policy",
       "\"default\";q=" + std::to_string(settings.rate_limit_burst) + ";w=" + std::to_string(window)});
  response.headers.push_back({"RateLimit", "\"default\";r=" + std::to_string(rate.remaining) +
                                               ";t=" + std::to_string(rate.reset.count())});
}

Request to_request(RawRequest& raw, const Settings& settings) {
  Request request;
  request.method = std::move(raw.head.method);
  request.target = std::move(raw.head.target);
  request.host = std::move(raw.head.host);
  request.headers = std::move(raw.head.headers);
  request.remote_address = std::move(raw.remote_address);
  if (!settings.trusted_proxies.empty()) {
    request.remote_address =
        client_address(request.remote_address, forwarded_for(request.headers), settings.trusted_proxies);
  }
  return request;
}

}  // namespace

Exchange::Exchange(RawRequest raw, bool close, Agent& agent, const Log& log, UuidSource& ids)
    : agent_(&agent),
      log_(&log),
      fault_(raw.head.fault),
      body_(std::move(raw.body)),
      close_(close || !raw.head.keep_alive),
      is_http_1_0_(raw.head.is_http_1_0),
      request_(to_request(raw, agent.settings)) {
  const std::string_view given = request_.header("X-Request-ID");
  const std::string_view trace = trace_id_of(request_.header("traceparent"));
  request_.trace_id = trace;
  request_.id = is_well_formed_request_id(given) ? std::string(given)
                : trace.empty()                  ? ids.next()
                                                 : request_.trace_id;
  agent_->metrics.request_started();
}

std::optional<Response> Exchange::reject_early() {
  if (!fault_) return dev8agentd::reject_early(request_, *agent_);
  if (auto limited = over_rate(request_, *agent_)) return limited;
  return protocol_error(fault_->status, fault_->cause, request_.id);
}

Reply Exchange::answer() {
  request_.body = std::move(body_);
  Reply reply = request_.route->handler(request_, *agent_);
  if (const auto* pending = std::get_if<Pending>(&reply)) environment_id_ = pending->environment_id;
  std::string().swap(request_.body);  // nobody needs it while the caller waits
  return reply;
}

Response Exchange::failure() const {
  return protocol_error(500, "the agent failed to answer; the request id identifies this failure in its log",
                        request_.id);
}

void Exchange::note(const Response& response) {
  reason_ = response.reason;
  if (!response.environment_id.empty()) environment_id_ = response.environment_id;
  if (!response.operation_id.empty()) operation_id_ = response.operation_id;
}

void Exchange::complete(Response& response) const {
  response.headers.reserve(response.headers.size() + 6);
  response.headers.push_back({"X-Request-ID", request_.id});
  response.headers.push_back({"Cache-Control", "no-store"});
  // Without a target the request was refused before its path could be read.
  if (request_.rate && (request_.target.empty() || request_.target.starts_with(kApi))) {
    add_rate_limit(*request_.rate, agent_->settings, response);
  }
  agent_->cors.decorate(request_, response);
  if (closes()) {
    response.headers.push_back({"Connection", "close"});
    return;
  }
  if (is_http_1_0_) response.headers.push_back({"Connection", "keep-alive"});
  response.headers.push_back({"Keep-Alive", "timeout=" + std::to_string(agent_->settings.keepalive.count())});
}

void Exchange::record(int status, std::size_t bytes) const {
  const std::chrono::duration<double> duration = std::chrono::steady_clock::now() - begin_;
  const std::string_view route = request_.route == nullptr ? "unmatched" : request_.route->path;
  const std::string_view method = method_label(request_.method);
  agent_->metrics.request_finished(route, method, status, duration);
  const LogLevel level = level_of(status, request_.route);
  if (level < agent_->settings.log_level) return;
  const std::string status_text = std::to_string(status);
  const std::string milliseconds = std::to_string(static_cast<long>(duration.count() * 1000));
  const std::string size = std::to_string(bytes);
  Subject subject = subject_of(request_, *agent_);
  if (!environment_id_.empty()) subject.environment_id = environment_id_;
  if (!operation_id_.empty()) subject.operation_id = operation_id_;
  const std::array<LogText, 12> fields = {{{"requestId", request_.id},
                                           {"traceId", request_.trace_id, Empty::kLeftOut},
                                           {"method", method},
                                           {"route", route},
                                           {"status", status_text},
                                           {"durationMs", milliseconds},
                                           {"bytes", size},
                                           {"remote", request_.remote_address},
                                           {"caller", request_.caller, Empty::kLeftOut},
                                           {"environmentId", subject.environment_id, Empty::kLeftOut},
                                           {"operationId", subject.operation_id, Empty::kLeftOut},
                                           {"reason", reason_, Empty::kLeftOut}}};
  log_->write(level, "http.request", fields);
}

}  // namespace dev8agentd
