// The checks that every request passes, in order.
#include "gate.h"

#include "client_address.h"
#include "http_text.h"
#include "router.h"

namespace dev8agentd {
namespace {

using dev8agent::Error;
using dev8agent::ErrorCode;
using dev8agent::make_error;

Response refusal(const Request& request, ErrorCode code, std::string message, int status = 0) {
  return error_response(make_error(code, std::move(message)), request.id, status);
}

constexpr const char* kAllMethods = "GET, HEAD, POST, PATCH, DELETE, OPTIONS";

struct Caller {
  bool admitted = false;
  std::string bucket;                 // whose rate limit counts
  std::optional<KeyHolder> holder{};  // of the key that was presented
};

Caller identify(const Request& request, const Agent& agent) {
  const std::string_view token = request.bearer_token();
  if (!token.empty()) {
    if (auto holder = agent.api_keys.find(token)) {
      const std::string bucket = "key " + holder->name;
      return {true, bucket, std::move(holder)};
    }
  }
  const std::string address = "address " + rate_limit_party(request.remote_address);
  if (agent.api_keys.empty() || request.route == nullptr) return {true, address};
  const Access access = request.route->access;
  if (access == Access::kProbe || access == Access::kOpen) return {true, address};
  if (access == Access::kKeyOrActivityToken && !token.empty() &&
      agent.orchestrator.check_activity_token(request.path_id, token)) {
    return {true, "workspace " + request.path_id};
  }
  return {false, address};
}

// A probe counts like any other request, but is answered without a token as well.
std::optional<Response> take_token(Request& request, const std::string& bucket, Agent& agent) {
  request.rate = agent.limiter.take(bucket, std::chrono::steady_clock::now());
  const bool is_probe = request.route != nullptr && request.route->access == Access::kProbe;
  if (is_probe || !request.rate->wait) return std::nullopt;
  agent.metrics.request_rate_limited();
  Error error = make_error(ErrorCode::kRateLimited, "too many requests from this caller; retry later");
  error.retry_after = *request.rate->wait;
  return error_response(error, request.id);
}

// With keys no page can do anything that its user's browser was not given a key for.
std::optional<Response> check_browser(const Request& request, const Agent& agent) {
  if (!agent.api_keys.empty()) return std::nullopt;
  if (!request.host.empty() && !agent.browser_guard.admits_host(request.host)) {
    return refusal(request, ErrorCode::kInvalidRequest,
                   "the agent does not go by this Host; name it in AGENT_ALLOWED_HOSTS, or set API_KEYS",
                   421);
  }
  if (is_foreign_change(request, agent.cors, agent.tls.scheme())) {
    return refusal(request, ErrorCode::kUnauthorized, "this origin is not among CORS_ALLOWED_ORIGINS", 403);
  }
  return std::nullopt;
}

// What a known caller's key is not good for.
std::optional<Response> check_scope(const Request& request, const KeyHolder& holder) {
  if (holder.scope < request.route->scope) {
    return refusal(request, ErrorCode::kForbidden,
                   "the key '" + holder.name + "' has the scope " + std::string(to_string(holder.scope)) +
                       "; this request needs " + std::string(to_string(request.route->scope)));
  }
  if (!holder.user.empty() && request.route->access == Access::kKeyOfOperator) {
    return refusal(request, ErrorCode::kForbidden,
                   "the key '" + holder.name + "' is one user's; this request needs a key of the operator");
  }
  return std::nullopt;
}

Response allowed_methods(const Request& request, const std::string& methods) {
  Response response{.status = 204};
  if (request.method != "OPTIONS") {
    response = refusal(request, ErrorCode::kInvalidRequest, "this path allows " + methods, 405);
  }
  response.headers.push_back({"Allow", methods});
  return response;
}

std::optional<Response> check_route(const Request& request, const RouteMatch& match) {
  if (request.route != nullptr) return std::nullopt;
  if (request.target == "*") return allowed_methods(request, kAllMethods);
  if (!match.allow.empty()) return allowed_methods(request, match.allow);
  return refusal(request, ErrorCode::kNotFound, "there is no such path; GET / lists the endpoints");
}

bool is_json(std::string_view content_type) {
  const std::string type = lower_case(content_type.substr(0, content_type.find_first_of("; \t")));
  return type == "application/json" || (type.starts_with("application/") && type.ends_with("+json"));
}

std::optional<Response> check_body(const Request& request) {
  if (!request.announces_body()) return std::nullopt;
  const std::string_view type = request.header("Content-Type");
  const std::string_view coding = request.header("Content-Encoding");
  if (!coding.empty() && !equal_ignoring_case(coding, "identity")) {
    return refusal(request, ErrorCode::kInvalidRequest, "the body must be sent without Content-Encoding",
                   415);
  }
  if (type.empty() || is_json(type)) return std::nullopt;
  return refusal(request, ErrorCode::kInvalidRequest,
                 "the body must be JSON: send Content-Type: application/json", 415);
}

std::optional<Response> check_draining(const Request& request, const Agent& agent) {
  if (request.route->draining == Draining::kServes || !agent.draining) return std::nullopt;
  Error error =
      make_error(ErrorCode::kCancelled, "the agent is shutting down; repeat the call at another one");
  error.retry_after = std::chrono::seconds(1);
  return error_response(error, request.id, 503);
}

}  // namespace

std::optional<Response> reject_early(Request& request, Agent& agent) {
  RouteMatch match = match_route(request.method, request.target);
  request.route = match.route;
  request.path_id = std::move(match.path_id);
  const Caller caller = identify(request, agent);
  request.caller = caller.bucket;
  if (auto response = take_token(request, caller.bucket, agent)) return response;
  if (auto response = check_browser(request, agent)) return response;
  if (auto response = check_route(request, match)) return response;
  if (!caller.admitted) {
    return refusal(request, ErrorCode::kUnauthorized,
                   "send a valid API key as 'Authorization: Bearer <key>'");
  }
  if (caller.holder) {
    if (auto response = check_scope(request, *caller.holder)) return response;
    request.user = caller.holder->user;
  }
  if (auto response = check_draining(request, agent)) return response;
  if (auto response = check_body(request)) return response;
  request.query = parse_query(request.target);
  return std::nullopt;
}

std::optional<Response> over_rate(Request& request, Agent& agent) {
  return take_token(request, "address " + rate_limit_party(request.remote_address), agent);
}

}  // namespace dev8agentd
