// Errors: the table of codes (number, machine word, HTTP status), makers, and what is printed of one.
#include "dev8agent/error.h"

#include <array>
#include <cstdlib>
#include <iostream>

#include "dev8agent/internal/operation_state.h"
#include "dev8agent/result.h"

namespace dev8agent {
inline namespace DEV8AGENT_ABI {

using namespace internal;
namespace {

struct Row {
  ErrorCode code;
  std::string_view word;
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
    Row{ErrorCode::kForbidden, "FORBIDDEN", 403},
    Row{ErrorCode::kWorkspaceNotReady, "WORKSPACE_NOT_READY", 504},
};

const Row& row(ErrorCode code) {
  for (const Row& candidate : kTable) {
    if (candidate.code == code) return candidate;
  }
  return row(ErrorCode::kInternal);
}

}  // namespace

std::string_view to_string(ErrorCode code) {
  return row(code).word;
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

std::ostream& operator<<(std::ostream& out, const Error& error) {
  out << to_string(error.code) << ": " << error.message;
  if (error.azure_status != 0 || !error.azure_code.empty()) {
    out << " (Azure: " << error.azure_status << " " << error.azure_code << ")";
  }
  if (!error.azure_request_id.empty()) out << " [request " << error.azure_request_id << "]";
  return out;
}

}  // namespace DEV8AGENT_ABI

void internal::wrong_result_access(const Error* error) {
  if (error != nullptr) {
    std::cerr << "dev8agent: the value of a failed Result was read: " << *error << std::endl;
  } else {
    std::cerr << "dev8agent: a Result that was moved from was read, or the error of one that succeeded"
              << std::endl;
  }
  std::abort();
}

void internal::waited_for_itself() {
  std::cerr << "dev8agent: get(), wait_for() or drain() was called on the loop thread, which would wait for "
               "itself: use "
               "on_done() or co_await there; a scheduler that the program drives has to be driven first"
            << std::endl;
  std::abort();
}

}  // namespace dev8agent
