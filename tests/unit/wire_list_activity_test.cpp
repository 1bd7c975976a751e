// The list's query parameters and the activity report's body.
#include <doctest/doctest.h>

#include "dev8agent/wire.h"
#include "support/plan_samples.h"
#include "support/wire_samples.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;

namespace {

Result<ListRequest> list(ListQuery query) {
  return parse_list(query, sample_settings());
}
Result<ActivityReport> activity(const std::string& body, const std::string& path = kSampleId) {
  return parse_activity(path, body, kSampleNow);
}

}  // namespace

TEST_CASE("list: defaults and the ends of the ranges") {
  const auto bare = list({});
  REQUIRE(bare.ok());
  CHECK(bare->page == 1);
  CHECK(bare->page_size == 20);
  CHECK_FALSE(bare->status.has_value());
  const auto full = list({"user-1", "West Europe", "STOPPED", "7", "100"});
  REQUIRE_MESSAGE(full.ok(), everything(full));
  CHECK(full->user_id == "user-1");
  CHECK(full->status == EnvironmentStatus::kStopped);
  CHECK(full->page == 7);
  CHECK(full->page_size == 100);
  CHECK(list({"", "", "", "1", "1"}).ok());
}

TEST_CASE("list: labels, one or several") {
  CHECK(list({.label = "team:blue"})->labels == NamedTexts{{"team", "blue"}});
  CHECK(list({.label = "team:blue: 1,stage:x"})->labels == NamedTexts{{"team", "blue: 1"}, {"stage", "x"}});
  for (const char* wrong : {"team", ":blue", "team:", "team:blue,", "team:blue,x", "team:a,team:b"}) {
    CAPTURE(std::string(wrong));
    CHECK(bad_fields(list({.label = wrong})) == "label ");
  }
}

TEST_CASE("list: a cursor takes the place of the page") {
  CHECK(list({.cursor = "1768465800000.workspace-0001"})->cursor == "1768465800000.workspace-0001");
  CHECK(bad_fields(list({.page = "2", .cursor = "1768465800000.workspace-0001"})) == "page ");
  CHECK(bad_fields(list({.cursor = "next"})) == "cursor ");
}

TEST_CASE("list: any other value is refused") {
  for (const char* page :
       {"0", "-1", "+1", "1.0", "1e2", " 1", "1 ", "x", "0x10", "99999999999999999999", "٣"}) {
    CAPTURE(std::string(page));
    CHECK(bad_fields(list({"", "", "", page, ""})) == "page ");
    CHECK(bad_fields(list({"", "", "", "", page})) == "pageSize ");
  }
  CHECK(bad_fields(list({"", "", "", "", "101"})) == "pageSize ");
  for (const char* status : {"running", "UNKNOWN", "RUNNING,STOPPED", " RUNNING", "CANARY"}) {
    const auto request = list({"", "", status, "", ""});
    CHECK(bad_fields(request) == "status ");
    CHECK(everything(request).find("CANARY") == std::string::npos);
  }
  CHECK(bad_fields(list({"a b", "mars", "x", "0", "0"})) == "status userId cloudRegion page pageSize ");
}

TEST_CASE("activity: a whole report, and one without a timestamp") {
  const auto report = activity(
      R"({"environmentId":"workspace-0001","snapshot":{"lastIDEActivity":"2026-01-15T08:00:00.1234567Z",
          "lastSSHActivity":"2026-01-15T09:00:00+01:00","activeIDEConnections":2,"activeSSHConnections":1},
          "timestamp":"2026-01-15T08:30:00.5Z"})");
  REQUIRE_MESSAGE(report.ok(), everything(report));
  CHECK(report->environment_id == kSampleId);
  CHECK(report->snapshot.active_ide_connections == 2);
  CHECK(report->snapshot.active_ssh_connections == 1);
  CHECK(format_time(report->timestamp) == "2026-01-15T08:30:00.500Z");
  for (const char* body :
       {R"({"snapshot":{}})", R"({"snapshot":{},"timestamp":null})",
        R"({"snapshot":{"lastIDEActivity":"","activeIDEConnections":null},"timestamp":""})"}) {
    const auto bare = activity(body);
    REQUIRE_MESSAGE(bare.ok(), everything(bare));
    CHECK(bare->timestamp == kSampleNow);
    CHECK(bare->snapshot.active_ide_connections == 0);
  }
}

TEST_CASE("activity: Go's zero time means never, and is no error") {
  const auto report = activity(
      R"({"snapshot":{"lastIDEActivity":"0001-01-01T00:00:00Z","lastSSHActivity":"0001-01-01T00:00:00Z",
                   "activeIDEConnections":0,"activeSSHConnections":0},"timestamp":"2026-01-15T08:30:00Z"})");
  REQUIRE_MESSAGE(report.ok(), everything(report));
  CHECK(report->snapshot.last_ssh_activity == "0001-01-01T00:00:00Z");
}

TEST_CASE("activity: a timestamp out of range is refused or kept, never changed") {
  for (const std::string text : {"9999-12-31T23:59:59Z", "2500-01-01T00:00:00Z"}) {
    CAPTURE(text);
    const auto report = activity(R"({"snapshot":{},"timestamp":")" + text + R"("})");
    if (report.ok()) {
      CHECK(report->timestamp >= kSampleNow + std::chrono::hours(24 * 365 * 200));
    } else {
      CHECK(bad_fields(report) == "timestamp ");
    }
  }
}

TEST_CASE("activity: each way to be wrong") {
  struct Row {
    std::string body;
    std::string bad;
  };
  const Row rows[] = {
      {"{}", "snapshot "},
      {R"({"snapshot":null})", "snapshot "},
      {R"({"snapshot":[]})", "snapshot "},
      {R"({"snapshot":"CANARY"})", "snapshot "},
      {R"({"environmentId":"workspace-0002","snapshot":{}})", "environmentId "},
      {R"({"environmentId":7,"snapshot":{}})", "environmentId "},
      {R"({"snapshot":{},"timestamp":"CANARY"})", "timestamp "},
      {R"({"snapshot":{},"timestamp":1768465800})", "timestamp "},
      {R"({"snapshot":{},"timestamp":"2026-02-30T00:00:00Z"})", "timestamp "},
      {R"({"snapshot":{"lastIDEActivity":"yesterday","lastSSHActivity":5,"activeIDEConnections":-1,
          "activeSSHConnections":1.5},"timestamp":"now"})",
       "snapshot.lastIDEActivity snapshot.lastSSHActivity snapshot.activeIDEConnections "
       "snapshot.activeSSHConnections timestamp "},
      {R"({"snapshot":{"activeIDEConnections":"2","activeSSHConnections":2147483648}})",
       "snapshot.activeIDEConnections snapshot.activeSSHConnections "},
  };
  for (const Row& row : rows) {
    CAPTURE(row.body);
    const auto report = activity(row.body);
    CHECK(bad_fields(report) == row.bad);
    CHECK(everything(report).find("CANARY") == std::string::npos);
  }
  CHECK(bad_fields(activity(R"({"snapshot":{}})", "none/../victim")) == "environmentId ");
  CHECK(bad_fields(activity(R"({"snapshot":{}})", "")) == "environmentId ");
  CHECK(activity("").error().message.starts_with("Invalid request body"));
}
