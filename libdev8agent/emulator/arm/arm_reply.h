// Answers of Azure Resource Manager. Handlers fill in an ArmReply with what matters; render() makes
// the HTTP response and adds the headers that every answer has in recorded traffic.
#pragma once

#include <optional>
#include <string>

#include "arm/definition.h"
#include "core/http_exchange.h"

namespace dev8agent::emulator {

// How many requests a Budget has left, for
// x-ms-ratelimit-remaining-subscription-resource-requests-pt5m and -pt1h.
struct BudgetLeft {
  int in_5_minutes = 0;
  int in_hour = 0;
};

// One answer before it has its headers. Empty and missing members add no header. Example:
//
//   ArmReply reply;                                  // 200
//   reply.body = group_text(group, true, moment);
//   reply.region = group.location;
struct ArmReply {
  int status = 200;
  std::string body;                         // JSON; not sent in answers to HEAD
  std::string region;                       // prefixes x-ms-request-id; empty: a bare id
  std::string operation_id;                 // of a long-running operation: is the request id, too
  std::string operation_url;                // Azure-AsyncOperation; empty: none
  std::optional<BudgetLeft> budget;         // of answers to PUT and DELETE of groups
  std::optional<std::int64_t> retry_after;  // seconds
  // x-ms-failure-cause: "gateway" (refused by ARM) or "service". Refers to a literal.
  std::string_view failure_cause;
  std::string authenticate;  // WWW-Authenticate
  std::string etag;          // with its quotes
};

// An error answer. `failure_cause` tells whether ARM itself or the provider has refused the
// request.
ArmReply arm_error(const ArmError& error, std::string_view failure_cause = "service");
// {"error": {"code": ..., "message": ...}}.
std::string arm_error_body(std::string_view code, std::string_view message);

// The whole response. `request_id` goes into x-ms-request-id (with the region),
// x-ms-correlation-request-id and x-ms-routing-request-id. The general throttle of the subscription
// is shown as nearly unused.
HttpResponse render(ArmReply reply, const Exchange& exchange, std::string request_id);

}  // namespace dev8agent::emulator
