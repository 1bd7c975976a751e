// The table of error codes: number, reason word, HTTP status.
#include "dev8agent/error.h"

#include <array>

namespace dev8agent {
namespace {

struct Row {
  ErrorCode code;
  std::string_view reason;
  int status;
};

constexpr std::array kTable = {
    Row{ErrorCode::kInvalidRequest, "INVALID_REQUEST", 400},
    Row{ErrorCode::kUnauthorized, "UNAUTHORIZED", 401},
    Row{ErrorCode::kNotFound, "NOT_FOUND", 404},
    Row{ErrorCode::kConflict, "CONFLICT", 409},
    Row{ErrorCode::kRateLimited, "RATE_LIMITED", 429},
    Row{ErrorCode::kQuotaExceeded, "QUOTA_EXCEEDED", 503},
    Row{ErrorCode::kCapacityUnavailable, "CAPACITY_UNAVAILABLE", 503},
    Row{ErrorCode::kImagePullFailed, "IMAGE_PULL_FAILED", 502},
    Row{ErrorCode::kAzureThrottled, "AZURE_THROTTLED", 503},
    Row{ErrorCode::kAzureUnavailable, "AZURE_UNAVAILABLE", 503},
    Row{ErrorCode::kTimeout, "TIMEOUT", 504},
    Row{ErrorCode::kNotSupported, "NOT_SUPPORTED", 501},
    Row{ErrorCode::kInternal, "INTERNAL", 500},
    Row{ErrorCode::kCancelled, "CANCELLED", 503},
    Row{ErrorCode::kAzureCredentials, "AZURE_CREDENTIALS", 502},
    Row{ErrorCode::kAzureRefused, "AZURE_REFUSED", 502},
    Row{ErrorCode::kContainerFailed, "CONTAINER_FAILED", 502},
    Row{ErrorCode::kMountFailed, "MOUNT_FAILED", 502},
    Row{ErrorCode::kDnsLabelTaken, "DNS_LABEL_TAKEN", 409},
};

const Row& row(ErrorCode code) {
  for (const Row& candidate : kTable) {
    if (candidate.code == code) return candidate;
  }
  return row(ErrorCode::kInternal);
}

}  // namespace

std::string_view reason(ErrorCode code) {
  return row(code).reason;
}
int http_status(ErrorCode code) {
  return row(code).status;
}

Error make_error(ErrorCode code, std::string message) {
  Error error;
  error.code = code;
  error.message = std::move(message);
  return error;
}

Error invalid_request(std::vector<FieldError> fields) {
  Error error = make_error(ErrorCode::kInvalidRequest, "");
  for (const FieldError& field : fields) {
    error.message += (error.message.empty() ? "" : "; ") + field.field + " " + field.message;
  }
  error.fields = std::move(fields);
  return error;
}

}  // namespace dev8agent
