// Headers and error bodies of Azure Resource Manager: see arm_reply.h.
#include "arm/arm_reply.h"

#include "core/json.h"
#include "core/strings.h"

namespace dev8agent::emulator {
namespace {

// 2026-01-15T08:30:00Z as 20260115T083000Z.
std::string compact(WallTime time) {
  return replace_all(replace_all(rfc3339(time), "-", ""), ":", "");
}

// The general throttle of the subscription stays untouched in the emulator.
void add_rate_headers(const ArmReply& reply, std::string_view method, HttpResponse& response) {
  const bool reads = method == "GET" || method == "HEAD";
  const std::string kind = reads ? "reads" : method == "DELETE" ? "deletes" : "writes";
  response.headers.push_back({"x-ms-ratelimit-remaining-subscription-" + kind, reads ? "249" : "199"});
  response.headers.push_back(
      {"x-ms-ratelimit-remaining-subscription-global-" + kind, reads ? "3749" : "2999"});
  if (!reply.budget) return;
  const std::string prefix = "x-ms-ratelimit-remaining-subscription-resource-requests-";
  response.headers.push_back({prefix + "pt5m", std::to_string(reply.budget->in_5_minutes)});
  response.headers.push_back({prefix + "pt1h", std::to_string(reply.budget->in_hour)});
}

}  // namespace

std::string arm_error_body(std::string_view code, std::string_view message) {
  return "{\"error\":{\"code\":" + json::quote(code) + ",\"message\":" + json::quote(message) + "}}";
}

ArmReply arm_error(const ArmError& error, std::string_view failure_cause) {
  ArmReply reply;
  reply.status = error.status;
  reply.body = arm_error_body(error.code, error.message);
  reply.failure_cause = failure_cause;
  return reply;
}

HttpResponse render(ArmReply reply, const Exchange& exchange, std::string request_id) {
  HttpResponse response;
  response.status = reply.status;
  auto& headers = response.headers;
  headers.reserve(18);
  headers.push_back({"Date", rfc1123(exchange.moment.wall)});
  headers.push_back({"Cache-Control", "no-cache"});
  headers.push_back({"Pragma", "no-cache"});
  headers.push_back({"Expires", "-1"});
  headers.push_back({"Strict-Transport-Security", "max-age=31536000; includeSubDomains"});
  headers.push_back({"X-Content-Type-Options", "nosniff"});
  headers.push_back({"x-ms-request-id", reply.region.empty() ? request_id : reply.region + ":" + request_id});
  headers.push_back(
      {"x-ms-routing-request-id", "EMULATOR:" + compact(exchange.moment.wall) + ":" + request_id});
  headers.push_back({"x-ms-correlation-request-id", request_id});
  if (same_name(exchange.header("x-ms-return-client-request-id"), "true")) {
    headers.push_back({"x-ms-client-request-id", std::string(exchange.header("x-ms-client-request-id"))});
  }
  if (!reply.operation_url.empty()) headers.push_back({"Azure-AsyncOperation", reply.operation_url});
  if (reply.retry_after) headers.push_back({"Retry-After", std::to_string(*reply.retry_after)});
  if (!reply.failure_cause.empty())
    headers.push_back({"x-ms-failure-cause", std::string(reply.failure_cause)});
  if (!reply.etag.empty()) headers.push_back({"ETag", reply.etag});
  if (!reply.authenticate.empty()) headers.push_back({"WWW-Authenticate", reply.authenticate});
  add_rate_headers(reply, exchange.http.method, response);
  if (!reply.body.empty()) headers.push_back({"Content-Type", "application/json; charset=utf-8"});
  if (exchange.http.method != "HEAD") response.body = std::move(reply.body);
  return response;
}

}  // namespace dev8agent::emulator
