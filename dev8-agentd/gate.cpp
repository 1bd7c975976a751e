// The checks that every request passes, in order.
#include "gate.h"

#include "router.h"

namespace dev8agentd {
namespace {

using dev8agent::Error;
using dev8agent::ErrorCode;
using dev8agent::make_error;

Response refusal(const Request& request, ErrorCode code, std::string message, int status = 0) {
  return error_response(make_error(code, std::move(message)), request.id, status);
}

std::optional<Response> check_route(Request& request) {
  RouteMatch match = match_route(request.method, request.target);
  request.route = match.route;
  request.path_id = std::move(match.path_id);
  if (match.route != nullptr) {
    request.query = parse_query(request.target);
    return std::nullopt;
  }
  if (match.allow.empty()) {
    return refusal(request, ErrorCode::kNotFound, "there is no such path; GET / lists the endpoints");
  }
  Response response;
  if (request.method == "OPTIONS") {
    response.status = 204;
  } else {
    response = refusal(request, ErrorCode::kInvalidRequest, "this path allows " + match.allow, 405);
  }
  response.headers.push_back({"Allow", match.allow});
  return response;
}

// Without keys nothing but the browser's own rules stands between a web page and the agent on the same
// machine, and those let simple requests through.
std::optional<Response> check_origin(const Request& request, const Agent& agent) {
  const std::string_view origin = request.header("Origin");
  if (origin.empty() || request.route->method == "GET" || !agent.api_keys.empty() ||
      agent.cors.allows(origin)) {
    return std::nullopt;
  }
  return refusal(request, ErrorCode::kUnauthorized, "this origin is not among CORS_ALLOWED_ORIGINS", 403);
}

struct Caller {
  bool admitted = false;
  std::string bucket;  // whose rate limit counts
};

Caller identify(const Request& request, const Agent& agent) {
  const Access access = request.route->access;
  const std::string_view token = request.bearer_token();
  if (!token.empty()) {
    if (const auto key = agent.api_keys.find(token)) return {true, "key " + std::to_string(*key)};
  }
  const std::string address = "address " + request.remote_address;
  if (access == Access::kOpen || agent.api_keys.empty()) return {true, address};
  if (access == Access::kKeyOrActivityToken && !token.empty() &&
      agent.orchestrator.check_activity_token(request.path_id, token)) {
    return {true, "workspace " + request.path_id};
  }
  return {false, address};
}

std::optional<Response> check_caller(const Request& request, Agent& agent) {
  const Caller caller = identify(request, agent);
  if (request.route->access != Access::kOpen) {
    if (const auto wait = agent.limiter.take(caller.bucket, std::chrono::steady_clock::now())) {
      Error error = make_error(ErrorCode::kRateLimited, "too many requests from this caller; retry later");
      error.retry_after = *wait;
      return error_response(error, request.id);
    }
  }
  if (caller.admitted) return std::nullopt;
  return refusal(request, ErrorCode::kUnauthorized, "send a valid API key as 'Authorization: Bearer <key>'");
}

bool is_json(std::string_view content_type) {
  const std::string_view media_type = content_type.substr(0, content_type.find_first_of("; \t"));
  std::string lower;
  for (const char c : media_type) lower += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return lower == "application/json" || (lower.starts_with("application/") && lower.ends_with("+json"));
}

std::optional<Response> check_body(const Request& request) {
  const std::string_view content_type = request.header("Content-Type");
  if (!request.announces_body() || content_type.empty() || is_json(content_type)) return std::nullopt;
  return refusal(request, ErrorCode::kInvalidRequest,
                 "the body must be JSON: send Content-Type: application/json", 415);
}

std::optional<Response> check_draining(const Request& request, const Agent& agent) {
  if (!request.route->calls_azure || !agent.draining) return std::nullopt;
  Error error =
      make_error(ErrorCode::kCancelled, "the agent is shutting down; repeat the call at another one");
  error.retry_after = std::chrono::seconds(1);
  return error_response(error, request.id, 503);
}

}  // namespace

std::optional<Response> turn_away(Request& request, Agent& agent) {
  if (auto response = check_route(request)) return response;
  if (auto response = check_origin(request, agent)) return response;
  if (auto response = check_caller(request, agent)) return response;
  if (auto response = check_draining(request, agent)) return response;
  return check_body(request);
}

}  // namespace dev8agentd
