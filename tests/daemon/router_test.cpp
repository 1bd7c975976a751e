// Which endpoint a method and a target mean.
#include "router.h"

#include <doctest/doctest.h>

using dev8agentd::Endpoint;
using dev8agentd::match_route;
using dev8agentd::parse_query;

namespace {

struct Row {
  const char* method;
  const char* target;
  Endpoint endpoint;
  const char* id;
};

}  // namespace

TEST_CASE("every endpoint is found, in both dialects") {
  const Row rows[] = {
      {"GET", "/", Endpoint::kIndex, ""},
      {"GET", "/health", Endpoint::kHealth, ""},
      {"HEAD", "/live?x=1", Endpoint::kLive, ""},
      {"GET", "/ready", Endpoint::kReady, ""},
      {"GET", "/metrics", Endpoint::kMetrics, ""},
      {"POST", "/api/v1/environments", Endpoint::kCreate, ""},
      {"GET", "/api/v1/environments?page=2", Endpoint::kList, ""},
      {"DELETE", "/api/v1/environments", Endpoint::kDelete, ""},
      {"POST", "/api/v1/environments/start", Endpoint::kStart, ""},
      {"POST", "/api/v1/environments/stop", Endpoint::kStop, ""},
      {"GET", "/api/v1/environments/workspace-1", Endpoint::kGet, "workspace-1"},
      {"DELETE", "/api/v1/environments/workspace-1", Endpoint::kDelete, "workspace-1"},
      {"POST", "/api/v1/environments/workspace-1/start", Endpoint::kStart, "workspace-1"},
      {"POST", "/api/v1/environments/workspace-1/stop", Endpoint::kStop, "workspace-1"},
      {"POST", "/api/v1/environments/workspace-1/activity", Endpoint::kActivity, "workspace-1"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.target);
    const auto match = match_route(row.method, row.target);
    REQUIRE(match.route != nullptr);
    CHECK(match.route->endpoint == row.endpoint);
    CHECK(match.path_id == row.id);
  }
}

TEST_CASE("an encoded character never leaves its segment") {
  const Row rows[] = {
      {"GET", "/api/v1/environments/victim%3Fx=1", Endpoint::kGet, "victim?x=1"},
      {"GET", "/api/v1/environments/victim%23x", Endpoint::kGet, "victim#x"},
      {"GET", "/api/v1/environments/none%2f..%2ffs-victim", Endpoint::kGet, "none/../fs-victim"},
      {"GET", "/api/v1/environments/..%2F", Endpoint::kGet, "../"},
      {"GET", "/api/v1/environments/a%00b", Endpoint::kGet, nullptr},
      {"GET", "/api/v1/environments/%zz%4", Endpoint::kGet, "%zz%4"},
      {"POST", "/api/v1/environments/..%2Fvictim/stop", Endpoint::kStop, "../victim"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.target);
    const auto match = match_route(row.method, row.target);
    REQUIRE(match.route != nullptr);
    CHECK(match.route->endpoint == row.endpoint);
    CHECK(match.path_id == (row.id == nullptr ? std::string("a\0b", 3) : row.id));
  }
}

TEST_CASE("unknown paths have neither route nor methods") {
  for (const char* target : {"/api", "/api/v1/environments/", "/api/v1/environments//start", "//health",
                             "/health/", "/api/v1/environments/a/b", "/api/v1/environments/a/start/b", "*",
                             "", "/Health", "/api/v1/environments/a/../b"}) {
    CAPTURE(target);
    const auto match = match_route("GET", target);
    CHECK(match.route == nullptr);
    CHECK(match.allow.empty());
  }
}

TEST_CASE("another method of a known path names those that are allowed") {
  CHECK(match_route("PUT", "/health").allow == "GET, HEAD, OPTIONS");
  CHECK(match_route("PATCH", "/api/v1/environments").allow == "GET, HEAD, POST, DELETE, OPTIONS");
  CHECK(match_route("GET", "/api/v1/environments/start").allow == "POST, OPTIONS");
  CHECK(match_route("GET", "/api/v1/environments/start").route == nullptr);
  CHECK(match_route("POST", "/api/v1/environments/workspace-1").allow == "GET, HEAD, DELETE, OPTIONS");
}

TEST_CASE("query parameters are decoded and repeats are kept visible") {
  const auto query = parse_query("/x?userId=a%26b+c&page=1&page=2&flag&=y&status=");
  CHECK(query.at("userId") == "a&b c");
  CHECK(query.at("page") == "1,2");
  CHECK(query.at("flag").empty());
  CHECK(query.at("status").empty());
  CHECK(query.size() == 4);
  CHECK(parse_query("/x").empty());
}
