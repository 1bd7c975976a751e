// The rules of a workspace's readiness.
#include "plan/readiness.h"

#include <algorithm>

namespace dev8agent::internal::plan {
namespace {

constexpr std::chrono::milliseconds kShortest{100};
constexpr std::chrono::milliseconds kLongest{2000};
constexpr int kPart = 8;

}  // namespace

std::chrono::milliseconds ask_delay(std::chrono::nanoseconds since_first) {
  const auto part = std::chrono::duration_cast<std::chrono::milliseconds>(since_first / kPart);
  return std::clamp(part, kShortest, kLongest);
}

std::string readiness_url(const std::string& vscode_web_url) {
  if (vscode_web_url.empty()) return "";
  return vscode_web_url + (vscode_web_url.ends_with('/') ? "healthz" : "/healthz");
}

bool is_ready(int http_status) {
  return http_status < 500;
}

Error not_ready(const std::string& url, const std::string& failure) {
  const std::string where = url.empty() ? "" : " at " + url;
  Error error = make_error(ErrorCode::kWorkspaceNotReady,
                           "the container runs, but its IDE does not answer" + where + ": " + failure);
  error.retryable = true;
  return error;
}

}  // namespace dev8agent::internal::plan
