// The error envelope and its headers.
#include "message.h"

#include <doctest/doctest.h>

using namespace dev8agentd;
using dev8agent::ErrorCode;
using dev8agent::find_header;
using dev8agent::make_error;
using namespace std::chrono_literals;

TEST_CASE("Retry-After is whole seconds, rounded up, where the status may carry it") {
  auto error = make_error(ErrorCode::kAzureThrottled, "slow down");
  error.retry_after = 1001ms;
  for (const int status : {429, 502, 503, 504}) {
    CHECK(find_header(error_response(error, "r", status).headers, "Retry-After") == "2");
  }
  CHECK_FALSE(find_header(error_response(error, "r", 409).headers, "Retry-After"));
}

TEST_CASE("a temporary failure carries Retry-After also where Azure names no time") {
  auto error = make_error(ErrorCode::kAzureUnavailable, "no answer");
  error.retryable = true;
  CHECK(find_header(error_response(error, "r", 503).headers, "Retry-After") == "5");
  CHECK_FALSE(find_header(error_response(error, "r", 500).headers, "Retry-After"));
  error.retryable = false;
  CHECK_FALSE(find_header(error_response(error, "r", 503).headers, "Retry-After"));
}

TEST_CASE("a 401 says how to authenticate") {
  const Response response = error_response(make_error(ErrorCode::kUnauthorized, "no key"), "request-1");
  CHECK(response.status == 401);
  CHECK(find_header(response.headers, "WWW-Authenticate") == "Bearer");
  CHECK(response.body.find("\"requestId\":\"request-1\"") != std::string::npos);
}

TEST_CASE("a failure of the HTTP layer has the envelope too") {
  for (const int status : {400, 408, 413, 414, 431, 500, 501, 505}) {
    const Response response = protocol_error(status, "because", "request-1");
    CHECK(response.status == status);
    CHECK(response.content_type == "application/json");
    CHECK(response.body.find("ERR_" + std::to_string(status)) != std::string::npos);
    CHECK(response.body.find("because") != std::string::npos);
  }
}

TEST_CASE("a body is announced by its headers") {
  Request request;
  CHECK_FALSE(request.announces_body());
  request.headers = {{"Content-Length", "0"}};
  CHECK_FALSE(request.announces_body());
  request.headers = {{"content-length", "12"}};
  CHECK(request.announces_body());
  request.headers = {{"Transfer-Encoding", "chunked"}};
  CHECK(request.announces_body());
}
