// Which endpoint a method and a target mean.
#include "router.h"

#include <doctest/doctest.h>

using namespace dev8agentd;

namespace {

struct Row {
  const char* method;
  const char* target;
  RouteHandler handler;
  const char* id;
};

}  // namespace

TEST_CASE("every endpoint is found, in both dialects") {
  const Row rows[] = {
      {"GET", "/", show_index, ""},
      {"GET", "/health", show_health, ""},
      {"HEAD", "/live?x=1", show_live, ""},
      {"GET", "/ready", show_ready, ""},
      {"GET", "/metrics", show_metrics, ""},
      {"POST", "/api/v1/environments", create_environment, ""},
      {"GET", "/api/v1/environments?page=2", list_environments, ""},
      {"DELETE", "/api/v1/environments", delete_environment, ""},
      {"POST", "/api/v1/environments/start", start_environment, ""},
      {"POST", "/api/v1/environments/stop", stop_environment, ""},
      {"GET", "/api/v1/environments/workspace-1", get_environment, "workspace-1"},
      {"DELETE", "/api/v1/environments/workspace-1", delete_environment, "workspace-1"},
      {"POST", "/api/v1/environments/workspace-1/start", start_environment, "workspace-1"},
      {"POST", "/api/v1/environments/workspace-1/stop", stop_environment, "workspace-1"},
      {"POST", "/api/v1/environments/workspace-1/activity", report_activity, "workspace-1"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.target);
    const auto match = match_route(row.method, row.target);
    REQUIRE(match.route != nullptr);
    CHECK((match.route->handler == row.handler));
    CHECK(match.path_id == row.id);
  }
}

TEST_CASE("an encoded character never leaves its segment") {
  const Row rows[] = {
      {"GET", "/api/v1/environments/victim%3Fx=1", get_environment, "victim?x=1"},
      {"GET", "/api/v1/environments/victim%23x", get_environment, "victim#x"},
      {"GET", "/api/v1/environments/none%2f..%2ffs-victim", get_environment, "none/../fs-victim"},
      {"GET", "/api/v1/environments/..%2F", get_environment, "../"},
      {"GET", "/api/v1/environments/a%00b", get_environment, nullptr},
      {"GET", "/api/v1/environments/%zz%4", get_environment, "%zz%4"},
      {"POST", "/api/v1/environments/..%2Fvictim/stop", stop_environment, "../victim"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.target);
    const auto match = match_route(row.method, row.target);
    REQUIRE(match.route != nullptr);
    CHECK((match.route->handler == row.handler));
    CHECK(match.path_id == (row.id == nullptr ? std::string("a\0b", 3) : row.id));
  }
}

TEST_CASE("a percent-encoded character of a fixed segment counts as the character") {
  CHECK(match_route("GET", "/he%61lth").route == match_route("GET", "/health").route);
  CHECK((match_route("POST", "/api/v1/environments/%73tart").route->handler == start_environment));
  CHECK(match_route("GET", "/api%2Fv1/environments").route == nullptr);
  CHECK(match_route("GET", "/health%00").route == nullptr);
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
  CHECK(match_route("POST", "/api/v1/environments/workspace-1").allow == "GET, HEAD, PATCH, DELETE, OPTIONS");
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
