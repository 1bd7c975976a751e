// Answers about operations: headers, tags and members.
#include "operation_answers.h"

#include <doctest/doctest.h>

using namespace dev8agentd;
using dev8agent::find_header;
using dev8agent::OperationRecord;

namespace {

OperationRecord running() {
  return dev8agent::begin_record("an-id", {dev8agent::OperationKind::kCreate,
                                           "workspace-0001",
                                           "eastus",
                                           dev8agent::WallTime(std::chrono::seconds(1000)),
                                           {},
                                           "1"});
}

}  // namespace

TEST_CASE("202 says where to look, and when") {
  const Response response = accepted(running());
  CHECK(response.status == 202);
  CHECK(find_header(response.headers, "Location") == "/api/v1/environments/workspace-0001");
  CHECK(find_header(response.headers, "Operation-Location") == "/api/v1/operations/an-id");
  CHECK(find_header(response.headers, "Retry-After") == "2");
  CHECK(find_header(response.headers, "Preference-Applied") == "respond-async");
  CHECK(response.body.find(R"("data":{"operation":{"id":"an-id","kind":"create")") != std::string::npos);
}

TEST_CASE("only a running operation asks to be asked again") {
  OperationRecord record = running();
  CHECK(find_header(shown(record, "").headers, "Retry-After") == "2");
  note_end(record, nullptr, std::nullopt, {});
  CHECK_FALSE(find_header(shown(record, "").headers, "Retry-After"));
}

TEST_CASE("the tag changes with the record, and not with the password") {
  OperationRecord record = running();
  const std::string before = etag_of(record);
  CHECK(before == etag_of(running()));
  CHECK(find_header(shown(record, "sesame").headers, "ETag") == before);
  note_progress(record, {dev8agent::Stage::kQueued, "because"}, {});
  CHECK(etag_of(record) != before);
}

TEST_CASE("304 for the tag that the caller has, unless there is a password to tell") {
  const OperationRecord record = running();
  const std::string tag = etag_of(record);
  const Response same = shown_or_304(record, "", tag);
  CHECK(same.status == 304);
  CHECK(same.body.empty());
  CHECK(find_header(same.headers, "ETag") == tag);
  CHECK(shown_or_304(record, "sesame", tag).status == 200);
  CHECK(shown_or_304(record, "", "").status == 200);
  CHECK(shown_or_304(record, "", "\"other\"").status == 200);
}

TEST_CASE("If-None-Match is a list of tags, weak or strong, or a star") {
  CHECK(names_etag("W/\"a\"", "W/\"a\""));
  CHECK(names_etag("\"a\"", "W/\"a\""));
  CHECK(names_etag("\"x\", W/\"a\" ,\"y\"", "W/\"a\""));
  CHECK(names_etag("*", "W/\"a\""));
  CHECK_FALSE(names_etag("", "W/\"a\""));
  CHECK_FALSE(names_etag("a", "W/\"a\""));
  CHECK_FALSE(names_etag(", ,", "W/\"a\""));
}

TEST_CASE("an answer without the outcome names the operation") {
  Response response{.status = 503, .body = R"({"success":false})"};
  add_operation(response, "an-id");
  CHECK(response.body == R"({"success":false,"operationId":"an-id"})");
  CHECK(find_header(response.headers, "Operation-Location") == "/api/v1/operations/an-id");
}
