// Cross-origin headers and the form of origins.
#include "cors.h"

#include <doctest/doctest.h>

using dev8agent::find_header;
using dev8agentd::Cors;
using dev8agentd::is_origin;
using dev8agentd::Request;
using dev8agentd::Response;

namespace {

const Cors kCors({"http://localhost:3000", "https://app.example.com"});

Response decorate(const Request& request) {
  Response response;
  kCors.decorate(request, response);
  return response;
}

Request from(const char* origin, const char* method = "GET") {
  Request request;
  request.method = method;
  request.headers.push_back({"Origin", origin});
  return request;
}

}  // namespace

TEST_CASE("origins") {
  for (const char* good : {"http://localhost:3000", "https://app.example.com", "http://[::1]:8080"})
    CHECK(is_origin(good));
  for (const char* bad : {"", "*", "null", "https://", "https://*", "https://a.b/", "https://a.b?x",
                          "ftp://a.b", "https://A.b", "https://user@a.b", "http://:80"}) {
    CAPTURE(bad);
    CHECK_FALSE(is_origin(bad));
  }
}

TEST_CASE("an allowed origin is named, another is not, and Vary is always there") {
  const Response allowed = decorate(from("https://app.example.com"));
  CHECK(find_header(allowed.headers, "Access-Control-Allow-Origin") == "https://app.example.com");
  CHECK(find_header(allowed.headers, "Vary") == "Origin");
  for (const char* origin : {"https://evil.example.com", "https://app.example.com.evil.com", "null", ""}) {
    const Response other = decorate(from(origin));
    CHECK_FALSE(find_header(other.headers, "Access-Control-Allow-Origin"));
    CHECK(find_header(other.headers, "Vary") == "Origin");
  }
}

TEST_CASE("a preflight is an OPTIONS that asks for a method") {
  Request request = from("https://app.example.com", "OPTIONS");
  CHECK_FALSE(Cors::is_preflight(request));
  CHECK_FALSE(find_header(decorate(request).headers, "Access-Control-Allow-Methods"));
  request.headers.push_back({"Access-Control-Request-Method", "POST"});
  CHECK(Cors::is_preflight(request));
  const Response response = decorate(request);
  CHECK(find_header(response.headers, "Access-Control-Allow-Methods")->find("DELETE") != std::string::npos);
  // What the asynchronous operations need of a browser, too.
  const std::string_view sent = *find_header(response.headers, "Access-Control-Allow-Headers");
  for (const char* name : {"Authorization", "Prefer", "If-None-Match"}) {
    CHECK(sent.find(name) != sent.npos);
  }
  const std::string_view shown = *find_header(response.headers, "Access-Control-Expose-Headers");
  for (const char* name : {"Operation-Location", "Preference-Applied", "ETag"}) {
    CHECK(shown.find(name) != shown.npos);
  }
}
