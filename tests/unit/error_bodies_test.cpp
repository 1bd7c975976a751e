// Error responses in all their shapes: ARM's envelope, Azure Files' XML, and what proxies put in their place.
#include <doctest/doctest.h>

#include "azure/errors.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using azure::error_of;

namespace {

const WallTime kNow = WallTime(std::chrono::seconds(1768465800));  // 2026-01-15T08:30:00Z

Error error(int status, std::string body, std::vector<HttpHeader> headers = {}) {
  HttpResponse response;
  response.status = status;
  response.body = std::move(body);
  response.headers = std::move(headers);
  return error_of(response, kNow);
}

}  // namespace

TEST_CASE("error bodies: code and message are found in each known format") {
  struct Row {
    std::string body;
    std::string code;
    std::string part;
  };
  const Row rows[] = {
      {R"({"error":{"code":"ResourceNotFound","message":"The Resource 'x' was not found."}})",
       "ResourceNotFound", "'x' was not found"},
      {"\xef\xbb\xbf{\"error\":{\"code\":\"ResourceNotFound\",\"message\":\"bom\"}}", "ResourceNotFound",
       "bom"},
      {R"({"code":"ResourceNotFound","message":"bare"})", "ResourceNotFound", "bare"},
      {R"({"error":{"code":"ResourceNotFound","message":"m","target":"t","details":[{"code":"Other","message":"no"}],
          "additionalInfo":[{"type":"PolicyViolation","info":{"a":[1,2]}}]}})",
       "ResourceNotFound", "m"},
      {R"({"error":{"code":"ResourceNotFound","message":null}})", "ResourceNotFound", "ResourceNotFound"},
      {"<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>ShareNotFound</Code><Message>The specified "
       "share does "
       "not exist.\nRequestId:1\nTime:2</Message></Error>",
       "ShareNotFound", "does not exist. RequestId:1"},
      {"\xef\xbb\xbf<?xml version=\"1.0\"?><Error><Code>ShareNotFound</Code><Message>bom &amp; "
       "co</Message></Error>",
       "ShareNotFound", "bom & co"},
      {"<Error><Code>ShareNotFound</Code><AuthenticationErrorDetail>x</AuthenticationErrorDetail></Error>",
       "ShareNotFound", ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.body);
    const Error found = error(404, row.body);
    CHECK(found.azure_code == row.code);
    CHECK(found.code == ErrorCode::kNotFound);
    CHECK(found.message.find(row.part) != std::string::npos);
  }
}

TEST_CASE("error bodies: what is no Azure error proves nothing") {
  const std::string bodies[] = {
      "",
      " ",
      "Not Found",
      "<html><head><title>404 Not Found</title></head><body><h1>ResourceNotFound</h1></body></html>",
      "<!DOCTYPE html><html><body>The Resource was not found: ShareNotFound</body></html>",
      R"({"error":{"code":"ResourceNotFound","mess)",
      R"({"error":"ResourceNotFound"})",
      R"({"error":["ResourceNotFound"]})",
      R"({"error":{"code":404,"message":"ResourceNotFound"}})",
      R"(["ResourceNotFound"])",
      R"("ResourceNotFound")",
      "404",
      "null",
      "{}",
      "<Error><Code>ShareNotFound</Co",
      "<Error",
      std::string("\0{\"code\":\"ResourceNotFound\"}", 28),
      "\xff\xfe{\"code\":\"ResourceNotFound\"}",
      std::string(100000, '['),
      std::string(100000, '<'),
  };
  for (const std::string& body : bodies) {
    CAPTURE(body.substr(0, 60));
    CHECK(error(404, body).code == ErrorCode::kAzureUnavailable);
    CHECK(error(404, body).retryable);
    CHECK(error(502, body).code == ErrorCode::kAzureUnavailable);
    CHECK(error(502, body).retryable);
    CHECK(error(401, body).code == ErrorCode::kAzureCredentials);
  }
}

TEST_CASE("error bodies: a HEAD's only word is its header") {
  const Error found = error(404, "", {{"X-Ms-Error-Code", "ShareNotFound"}});
  CHECK(found.code == ErrorCode::kNotFound);
  CHECK(found.azure_code == "ShareNotFound");
  CHECK(error(409, "", {{"x-ms-error-code", "ShareBeingDeleted"}}).code == ErrorCode::kConflict);
}

TEST_CASE("error bodies: request id and Retry-After come along") {
  const Error found = error(
      429, "", {{"x-ms-request-id", "eastus:11111111-2222-4333-8444-555555555555"}, {"retry-after", "17"}});
  CHECK(found.azure_request_id == "eastus:11111111-2222-4333-8444-555555555555");
  CHECK(found.retry_after == std::chrono::seconds(17));
  CHECK_FALSE(error(429, "").retry_after.has_value());
}

TEST_CASE("error bodies: transitions get the documented delay when Azure names none") {
  for (const char* code :
       {"ContainerGroupTransitioning", "ShareBeingDeleted", "containergrouptransitioning"}) {
    CAPTURE(std::string(code));
    const std::string body = "{\"error\":{\"code\":\"" + std::string(code) + "\",\"message\":\"\"}}";
    CHECK(error(409, body).retry_after.value_or(std::chrono::milliseconds(0)) >= std::chrono::seconds(10));
    CHECK(error(409, body, {{"Retry-After", "3"}}).retry_after == std::chrono::seconds(3));
  }
}

TEST_CASE("error events: failures are announced by name, ordinary events are not") {
  struct Row {
    std::string name;
    std::string message;
    std::optional<ErrorCode> expected;
  };
  const Row rows[] = {
      {"Pulling", "pulling image \"x\"", std::nullopt},
      {"Pulled", "Successfully pulled image \"x\"", std::nullopt},
      {"Created", "Created container", std::nullopt},
      {"Started", "Started container", std::nullopt},
      {"Killing", "Killing container", std::nullopt},
      {"", "", std::nullopt},
      {"BackOff", "Back-off restarting failed container", std::nullopt},
      {"BackOff", "Back-off pulling image \"x\"", ErrorCode::kImagePullFailed},
      {"FailedMount", "MountVolume failed", ErrorCode::kMountFailed},
      {"FailedMountAzureFileVolume", "Failed to mount Azure File Volume.", ErrorCode::kMountFailed},
      {"InsufficientCapacity.", "", ErrorCode::kCapacityUnavailable},
      {"InsufficientCapacity", "no room", ErrorCode::kCapacityUnavailable},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    ContainerEvent event;
    event.name = row.name;
    event.message = row.message;
    const auto found = azure::error_of(event);
    REQUIRE(found.has_value() == row.expected.has_value());
    if (found) CHECK(found->code == *row.expected);
  }
}

TEST_CASE("a success that cannot be understood leaves the effect open") {
  HttpResponse response;
  response.status = 200;
  response.body = "<html>secret page</html>";
  const Error error = azure::malformed_response(response, "containerGroups.put");
  CHECK(error.code == ErrorCode::kAzureUnavailable);
  CHECK(error.retryable);
  CHECK(error.request_sent);
  CHECK(error.message.find("secret page") == std::string::npos);
}

TEST_CASE("error bodies: a refused signature is told by its cause: clock, key or firewall") {
  const auto told = [](const std::string& code, const std::string& more) {
    return azure::error_of(
        {403, {}, "<Error><Code>" + code + "</Code><Message>m</Message>" + more + "</Error>"}, {});
  };
  const auto date =
      told("AuthenticationFailed",
           "<AuthenticationErrorDetail>Request date header too old: 'Thu, 15 Jan 2026 08:30:00 GMT'"
           "</AuthenticationErrorDetail>");
  CHECK(date.code == ErrorCode::kAzureCredentials);
  CHECK(date.message.find("clock is wrong") != std::string::npos);
  CHECK(date.message.find("15 Jan 2026") != std::string::npos);
  const auto key =
      told("AuthenticationFailed",
           "<AuthenticationErrorDetail>The MAC signature found is not the same; string to sign: 'canary'"
           "</AuthenticationErrorDetail>");
  CHECK(key.message.find("key is wrong") != std::string::npos);
  CHECK(key.message.find("canary") == std::string::npos);
  CHECK(told("AuthorizationFailure", "").message.find("firewall") != std::string::npos);
}
