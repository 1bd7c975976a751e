// The error envelope of REST answers: category, code, reason and details of each failure.
#include <doctest/doctest.h>

#include "dev8agent/wire.h"
#include "support/json_text.h"
#include "support/plan_samples.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;

TEST_CASE("errors: code, reason, status and category of each") {
  struct Row {
    ErrorCode code;
    std::string status;
    std::string reason;
    std::string category;
  };
  const Row rows[] = {
      {ErrorCode::kInvalidRequest, "400", "INVALID_REQUEST", "Invalid Request"},
      {ErrorCode::kUnauthorized, "401", "UNAUTHORIZED", "Unauthorized"},
      {ErrorCode::kForbidden, "403", "FORBIDDEN", "Forbidden"},
      {ErrorCode::kWorkspaceNotReady, "504", "WORKSPACE_NOT_READY", "Gateway Timeout"},
      {ErrorCode::kNotFound, "404", "NOT_FOUND", "Resource Not Found"},
      {ErrorCode::kConflict, "409", "CONFLICT", "Conflict"},
      {ErrorCode::kDnsLabelTaken, "409", "DNS_LABEL_TAKEN", "Conflict"},
      {ErrorCode::kRateLimited, "429", "RATE_LIMITED", "Too Many Requests"},
      {ErrorCode::kInternal, "500", "INTERNAL", "Internal Server Error"},
      {ErrorCode::kNotSupported, "501", "NOT_SUPPORTED", "Not Supported"},
      {ErrorCode::kImagePullFailed, "502", "IMAGE_PULL_FAILED", "Bad Gateway"},
      {ErrorCode::kAzureCredentials, "502", "AZURE_CREDENTIALS", "Bad Gateway"},
      {ErrorCode::kAzureRefused, "502", "AZURE_REFUSED", "Bad Gateway"},
      {ErrorCode::kContainerFailed, "502", "CONTAINER_FAILED", "Bad Gateway"},
      {ErrorCode::kMountFailed, "502", "MOUNT_FAILED", "Bad Gateway"},
      {ErrorCode::kQuotaExceeded, "503", "QUOTA_EXCEEDED", "Service Unavailable"},
      {ErrorCode::kCapacityUnavailable, "503", "CAPACITY_UNAVAILABLE", "Service Unavailable"},
      {ErrorCode::kAzureThrottled, "503", "AZURE_THROTTLED", "Service Unavailable"},
      {ErrorCode::kAzureUnavailable, "503", "AZURE_UNAVAILABLE", "Service Unavailable"},
      {ErrorCode::kCancelled, "503", "CANCELLED", "Service Unavailable"},
      {ErrorCode::kTimeout, "504", "TIMEOUT", "Gateway Timeout"},
  };
  CHECK(std::size(rows) == 21);
  for (const Row& row : rows) {
    CAPTURE(row.reason);
    const json::Value body = parsed(error_body(make_error(row.code, "why"), "request-7"));
    CHECK(body.find("success")->boolean() == false);
    CHECK(body.string_at({"error"}) == row.category);
    CHECK(body.string_at({"message"}) == "why");
    CHECK(body.string_at({"code"}) == "ERR_" + row.status);
    CHECK(body.string_at({"reason"}) == row.reason);
    CHECK(body.string_at({"requestId"}) == "request-7");
    CHECK(body.find("details") == nullptr);
  }
}

TEST_CASE("errors: a status that the caller gives overrides the code's") {
  for (const auto& [status, category] :
       std::vector<std::pair<int, std::string>>{{405, "Method Not Allowed"},
                                                {413, "Payload Too Large"},
                                                {415, "Unsupported Media Type"},
                                                {499, "Error"}}) {
    const json::Value body = parsed(error_body(make_error(ErrorCode::kInvalidRequest, "why"), "", status));
    CHECK(body.string_at({"error"}) == category);
    CHECK(body.string_at({"code"}) == "ERR_" + std::to_string(status));
    CHECK(body.find("requestId") == nullptr);
  }
}

TEST_CASE("errors: fields as details, and Azure's words as details") {
  const json::Value fields =
      parsed(error_body(invalid_request({{"cpuCores", "must be \"1\""}, {"name", "is required"}}), "r"));
  const json::Value& list = *fields.find("details");
  REQUIRE(list.array().size() == 2);
  CHECK(names_of(list.array()[0]) == std::vector<std::string>{"field", "message"});
  CHECK(list.array()[0].string_at({"message"}) == "must be \"1\"");
  CHECK(fields.string_at({"message"}) == "cpuCores must be \"1\"; name is required");
  CHECK(fields.string_at({"error"}) == "Invalid Request");
  CHECK(parsed(error_body(check_json("{").error(), "r")).string_at({"error"}) == "Invalid request body");

  Error azure = make_error(ErrorCode::kAzureThrottled, "slow down");
  azure.azure_status = 429;
  azure.azure_code = "TooManyRequests";
  azure.azure_request_id = "eastus:1";
  azure.retryable = true;
  const json::Value body = parsed(error_body(azure, "r"));
  REQUIRE(body.find("details")->array().size() == 1);
  const json::Value& detail = body.find("details")->array()[0];
  CHECK(detail.string_at({"azureCode"}) == "TooManyRequests");
  CHECK(detail.find("azureStatus")->integer() == 429);
  CHECK(detail.string_at({"azureRequestId"}) == "eastus:1");
}
