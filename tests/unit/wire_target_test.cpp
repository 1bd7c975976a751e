// Start, stop, delete and get in both dialects: where path, query and body must agree, and what is required
// where.
#include <doctest/doctest.h>

#include "dev8agent/wire.h"
#include "support/plan_samples.h"
#include "support/wire_samples.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;

namespace {

const AgentSettings& settings() {
  static const AgentSettings kept = sample_settings();
  return kept;
}

// The bad fields of each operation for the same input: start, stop, delete.
std::vector<std::string> all_three(const std::string& path, const QueryValues& query,
                                   const std::string& body) {
  return {bad_fields(parse_start(path, query, body, settings())),
          bad_fields(parse_stop(path, query, body, settings())),
          bad_fields(parse_delete(path, query, body, settings()))};
}

const std::string kId = kSampleId;
const std::string kHostile[] = {"victim?x=1",
                                "victim-0001?x=1",
                                "victim#x",
                                "none/../fs-victim",
                                "..",
                                "../../../../x",
                                "Workspace-0001",
                                "workspace_0001",
                                "workspace-ü001",
                                "workspace-0001%00",
                                "workspace-0001 ",
                                std::string("workspace-0001\0", 15),
                                "workspace--0001",
                                "-workspace-001",
                                "workspace-001-",
                                "short",
                                std::string(60, 'a')};

}  // namespace

TEST_CASE("path dialect: an empty body will do, and blanks and {} too") {
  for (const std::string body : {"", " \r\n\t", "{}", "{\"workspaceId\":null,\"cloudRegion\":null}"}) {
    for (const std::string& bad : all_three(kId, {}, body)) CHECK(bad == "-");
  }
  const auto request = parse_delete(kId, {}, "", settings());
  CHECK(request->id == kId);
  CHECK(request->cloud_region.empty());
  CHECK_FALSE(request->force);
}

TEST_CASE("body dialect: id and region are required in the body") {
  struct Row {
    std::string body;
    std::string bad;
  };
  const Row rows[] = {
      {"{}", "workspaceId cloudRegion "},
      {R"({"workspaceId":null,"cloudRegion":null})", "workspaceId cloudRegion "},
      {R"({"workspaceId":"workspace-0001"})", "cloudRegion "},
      {R"({"cloudRegion":"eastus"})", "workspaceId "},
      {R"({"workspaceId":"","cloudRegion":"eastus"})", "workspaceId "},
      {R"({"workspaceId":"workspace-0001","cloudRegion":""})", "cloudRegion "},
      {R"({"workspaceId":1,"cloudRegion":2})", "workspaceId cloudRegion "},
      {R"({"workspaceId":["workspace-0001"],"cloudRegion":{}})", "workspaceId cloudRegion "},
      {R"({"workspaceId":"X","cloudRegion":"mars"})", "workspaceId cloudRegion "},
      {R"({"workspaceId":"workspace-0001","cloudRegion":"centralindia"})", "cloudRegion "},
      {R"({"workspaceId":"workspace-0001","cloudRegion":"auto"})", "cloudRegion "},
      {R"({"workspaceId":"workspace-0001","cloudRegion":"eastus"})", "-"},
      {R"({"workspaceId":"workspace-0001","cloudRegion":"East US","unknown":[1]})", "-"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.body);
    for (const std::string& bad : all_three("", {}, row.body)) CHECK(bad == row.bad);
  }
  for (const std::string body : {"", "  ", "[]", "null"}) {
    CHECK(parse_start("", {}, body, settings()).error().message.starts_with("Invalid request body"));
    CHECK(parse_stop("", {}, body, settings()).error().message.starts_with("Invalid request body"));
    CHECK(parse_delete("", {}, body, settings()).error().message.starts_with("Invalid request body"));
  }
}

TEST_CASE("hostile ids are refused wherever they stand, and not repeated") {
  for (const std::string& id : kHostile) {
    CAPTURE(id);
    for (const std::string& bad : all_three(id, {}, "")) CHECK(bad == "workspaceId ");
    CHECK(bad_fields(parse_get(id, {}, settings())) == "workspaceId ");
    const std::string body = json::write(json::object({{"workspaceId", id}, {"cloudRegion", "eastus"}}));
    for (const std::string& bad : all_three("", {}, body)) CHECK(bad == "workspaceId ");
    CHECK(everything(parse_get(id, {}, settings())).find("victim") == std::string::npos);
    CHECK(everything(parse_delete("", {}, body, settings())).find("victim") == std::string::npos);
  }
  CHECK(bad_fields(parse_get("", {}, settings())) == "workspaceId ");
  CHECK(bad_fields(parse_get(kId, {}, settings())) == "-");
}

TEST_CASE("path, query and body must agree") {
  struct Row {
    QueryValues query;
    std::string body;
    std::string bad;
  };
  const Row rows[] = {
      {{}, R"({"workspaceId":"workspace-0001"})", "-"},
      {{}, R"({"workspaceId":"workspace-0002"})", "workspaceId "},
      {{}, R"({"workspaceId":"Workspace-0001"})", "workspaceId "},
      {{}, R"({"workspaceId":7})", "workspaceId "},
      {{"eastus", ""}, "", "-"},
      {{"eastus", ""}, R"({"cloudRegion":"eastus"})", "-"},
      {{"eastus", ""}, R"({"cloudRegion":"westeurope"})", "cloudRegion "},
      {{"mars", ""}, "", "cloudRegion "},
      {{"centralindia", ""}, "", "cloudRegion "},
      {{}, R"({"cloudRegion":"mars"})", "cloudRegion "},
  };
  for (const Row& row : rows) {
    CAPTURE(row.query.cloud_region);
    CAPTURE(row.body);
    for (const std::string& bad : all_three(kId, row.query, row.body)) CHECK(bad == row.bad);
  }
  for (const auto& [text, bad] : {std::pair("true", "-"), {"false", "-"}, {"yes", "snapshot "}}) {
    const auto request = parse_delete(kId, {"", "", text}, "", settings());
    CHECK(bad_fields(request) == bad);
    if (request.ok()) CHECK(request->snapshot == (std::string(text) == "true"));
  }
  CHECK_FALSE(parse_delete(kId, {}, "", settings())->snapshot);
  CHECK(parse_stop(kId, {"westeurope", ""}, "", settings())->cloud_region == "westeurope");
  CHECK(bad_fields(parse_get(kId, {"mars", ""}, settings())) == "cloudRegion ");
}
