// The query parameters of the log, and the bodies of events and logs.
#include <doctest/doctest.h>

#include "dev8agent/wire.h"
#include "support/plan_samples.h"
#include "support/wire_samples.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;

namespace {

Result<LogsQuestion> logs(LogsQuery query, std::string_view id = kSampleId) {
  return parse_logs(id, query, sample_settings());
}

}  // namespace

TEST_CASE("logs: defaults and the ends of the ranges") {
  const auto bare = logs({});
  REQUIRE(bare.ok());
  CHECK(bare->request.id == kSampleId);
  CHECK(bare->request.tail == 200);
  CHECK_FALSE(bare->request.timestamps);
  CHECK_FALSE(bare->follow);
  CHECK(bare->request.container.empty());
  CHECK(logs({"", "", "1", "", ""})->request.tail == 1);
  const auto full = logs({"West Europe", "workspace", "10000", "true", "true"});
  REQUIRE_MESSAGE(full.ok(), everything(full));
  CHECK(full->request.tail == 10000);
  CHECK(full->request.timestamps);
  CHECK(full->follow);
  CHECK(full->request.container == "workspace");
  CHECK_FALSE(logs({"", "", "", "false", "false"})->follow);
}

TEST_CASE("logs: any other value is refused") {
  for (const char* tail : {"0", "-1", "+1", "1.0", "1e2", " 1", "1 ", "abc", "0x10", "10001", "4294967297",
                           "99999999999999999999", "\xd9\xa3"}) {
    CAPTURE(std::string(tail));
    CHECK(bad_fields(logs({"", "", tail, "", ""})) == "tail ");
  }
  for (const char* word : {"1", "0", "yes", "TRUE", "True", " true", "true ", "t", "null"}) {
    CAPTURE(std::string(word));
    CHECK(bad_fields(logs({"", "", "", word, ""})) == "timestamps ");
    CHECK(bad_fields(logs({"", "", "", "", word})) == "follow ");
  }
  for (const std::string& name : {std::string("a/../b"), std::string("a b"), std::string("A"),
                                  std::string("a?b"), std::string("%2e"), std::string(64, 'a')}) {
    CAPTURE(name);
    CHECK(bad_fields(logs({"", name, "", "", ""})) == "container ");
  }
  CHECK(bad_fields(logs({"mars", "A", "0", "x", "y"}, "x")) ==
        "workspaceId cloudRegion tail container timestamps follow ");
  CHECK(everything(logs({"", "CANARY", "CANARY", "CANARY", "CANARY"})).find("CANARY") == std::string::npos);
}

TEST_CASE("events: the body of one, and of a list") {
  EnvironmentEvent event;
  event.id = "1768435200000-21-0123456789ab";
  event.environment_id = kSampleId;
  event.time = kSampleNow + std::chrono::milliseconds(5);
  event.name = "Pulling";
  event.message = "the \"image\"\n\xff";
  event.count = 3;
  const auto read = json::parse(to_json(event));
  REQUIRE(read.ok());
  CHECK(read->string_at({"id"}) == event.id);
  CHECK(read->string_at({"environmentId"}) == kSampleId);
  CHECK(read->string_at({"time"}) == "2026-01-15T00:00:00.005Z");
  CHECK(read->string_at({"type"}) == "container");
  CHECK(read->string_at({"source"}) == "azure");
  CHECK(read->string_at({"name"}) == "Pulling");
  CHECK(read->string_at({"message"}).starts_with("the \"image\"\n"));
  CHECK(to_json(event).find("\"count\":3") != std::string::npos);
  CHECK(to_json(event).find('\n') == std::string::npos);  // one line of a stream
  CHECK(to_json(std::vector<EnvironmentEvent>{}) == "[]");
  const auto list = json::parse(to_json(std::vector<EnvironmentEvent>{event, event}));
  REQUIRE(list.ok());
  CHECK(list->array().size() == 2);
}

TEST_CASE("events: the words of types and sources") {
  CHECK(to_string(EventType::kStage) == "stage");
  CHECK(to_string(EventType::kContainer) == "container");
  CHECK(to_string(EventType::kStatus) == "status");
  CHECK(to_string(EventType::kDone) == "done");
  CHECK(to_string(EventSource::kAgent) == "agent");
  CHECK(to_string(EventSource::kAzure) == "azure");
}

TEST_CASE("logs: the body holds the text as it is, control characters and broken UTF-8 too") {
  ContainerLog log{"workspace", "one\x1b[0m\n\xff two\n", true};
  const auto read = json::parse(to_json(log));
  REQUIRE(read.ok());
  CHECK(read->string_at({"container"}) == "workspace");
  CHECK(read->string_at({"content"}).starts_with("one\x1b[0m\n"));
  CHECK(to_json(log).find("\"truncated\":true") != std::string::npos);
  log.truncated = false;
  CHECK(to_json(log).find("\"truncated\":false") != std::string::npos);
}
