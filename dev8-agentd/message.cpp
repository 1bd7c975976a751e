// Headers and error envelopes of the daemon's requests and responses.
#include "message.h"

#include <strings.h>

#include "dev8agent/environment.h"
#include "dev8agent/wire.h"

namespace dev8agentd {
namespace {

constexpr std::string_view kBearer = "Bearer ";

// Of a temporary failure for which Azure names no time.
constexpr std::chrono::seconds kUsualWait{5};

bool carries_retry_after(int status) {
  return status == 429 || status == 502 || status == 503 || status == 504;
}

std::string whole_seconds(std::chrono::milliseconds span) {
  return std::to_string(std::chrono::ceil<std::chrono::seconds>(span).count());
}

}  // namespace

std::string_view Request::header(std::string_view name) const {
  return dev8agent::find_header(headers, name).value_or(std::string_view());
}

std::string_view Request::bearer_token() const {
  const std::string_view value = header("Authorization");
  if (value.size() <= kBearer.size()) return {};
  if (strncasecmp(value.data(), kBearer.data(), kBearer.size()) != 0) return {};
  return value.substr(kBearer.size());
}

std::string Request::query_value(const std::string& name) const {
  const auto found = query.find(name);
  return found == query.end() ? "" : found->second;
}

bool Request::announces_body() const {
  const std::string_view length = header("Content-Length");
  return !header("Transfer-Encoding").empty() || (!length.empty() && length != "0");
}

Response error_response(const dev8agent::Error& error, std::string_view request_id, int status) {
  Response response;
  response.status = status != 0 ? status : dev8agent::http_status(error.code);
  response.reason = to_string(error.code);
  response.body = dev8agent::error_body(error, request_id, response.status);
  const bool temporary = error.retryable || error.retry_after;
  if (temporary && carries_retry_after(response.status)) {
    response.headers.push_back({"Retry-After", whole_seconds(error.retry_after.value_or(kUsualWait))});
  }
  if (response.status == 401) response.headers.push_back({"WWW-Authenticate", "Bearer"});
  return response;
}

std::optional<Response> claim_for_user(const Request& request, std::string& user_id) {
  if (request.user.empty()) return std::nullopt;
  const bool names_none = user_id.empty() || user_id == dev8agent::EnvironmentSpec{}.user_id;
  if (names_none) user_id = request.user;
  if (user_id == request.user) return std::nullopt;
  return error_response(dev8agent::make_error(dev8agent::ErrorCode::kForbidden,
                                              "this key is for the environments of another user"),
                        request.id);
}

Response protocol_error(int status, std::string_view cause, std::string_view request_id) {
  using dev8agent::ErrorCode;
  const bool unsupported = status == 501 || status == 505;
  const ErrorCode code = unsupported     ? ErrorCode::kNotSupported
                         : status >= 500 ? ErrorCode::kInternal
                         : status == 408 ? ErrorCode::kTimeout
                                         : ErrorCode::kInvalidRequest;
  return error_response(dev8agent::make_error(code, std::string(cause)), request_id, status);
}

}  // namespace dev8agentd
