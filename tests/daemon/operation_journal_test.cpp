// What is known of operations under way, and what the log says at the end of each.
#include "operation_journal.h"

#include <doctest/doctest.h>

using dev8agent::LogLevel;
using dev8agent::LogRecord;
using dev8agent::Stage;
using dev8agentd::OperationJournal;

namespace {

std::string text_of(const LogRecord& record) {
  std::string text = record.event;
  for (const auto& field : record.fields) {
    if (field.name != "durationMs") text += " " + field.name + "=" + field.value;
  }
  return text;
}

}  // namespace

TEST_CASE("each operation is named until it ends, and its end is one record") {
  std::vector<LogRecord> records;
  OperationJournal journal([&](const LogRecord& record) { records.push_back(record); });
  const auto create = journal.begin({"create", "workspace-0001", "request-1"});
  const auto list = journal.begin({"list", "", "request-2"});
  CHECK(journal.under_way() == std::vector<std::string>{"create workspace-0001", "list"});
  dev8agent::Error error = dev8agent::make_error(dev8agent::ErrorCode::kQuotaExceeded, "no room");
  error.attempts = 3;
  error.azure_request_id = "eastus:1";
  journal.end(create, {&error, "eastus:2"});
  journal.end(create, {&error});
  journal.end(list, {nullptr, "eastus:3"});
  CHECK(journal.under_way().empty());
  REQUIRE(records.size() == 2);
  CHECK(text_of(records[0]) ==
        "operation.finished operation=create environment=workspace-0001 requestId=request-1 "
        "result=QUOTA_EXCEEDED attempts=3 azureRequestId=eastus:1 message=no room");
  CHECK(records[0].level == LogLevel::kWarn);
  CHECK(text_of(records[1]) ==
        "operation.finished operation=list requestId=request-2 result=OK azureRequestId=eastus:3");
  CHECK(records[1].level == LogLevel::kDebug);
}

TEST_CASE("the end of an operation tells the time of each stage; one that came twice counts once") {
  std::vector<LogRecord> records;
  OperationJournal journal([&](const LogRecord& record) { records.push_back(record); });
  dev8agentd::OperationJournal::Entry entry{"create", "workspace-0001", "request-1"};
  entry.operation_id = std::make_shared<const std::string>("op-1");
  entry.trace_id = "4bf92f3577b34da6a3ce929d0e0e4736";
  const auto create = journal.begin(entry);
  const dev8agent::WallTime begun{};
  const auto at = [&](int seconds) { return begun + std::chrono::seconds(seconds); };
  journal.end(create, {.stages = {{Stage::kQueued, at(0), at(1)},
                                  {Stage::kCreatingShare, at(1), at(3)},
                                  {Stage::kRollingBack, at(3), at(4)},
                                  {Stage::kCreatingShare, at(4), at(9)}}});
  REQUIRE(records.size() == 1);
  CHECK(text_of(records[0]) ==
        "operation.finished operation=create operationId=op-1 environment=workspace-0001 requestId=request-1 "
        "traceId=4bf92f3577b34da6a3ce929d0e0e4736 result=OK queuedMs=1000 creatingShareMs=7000 "
        "rollingBackMs=1000");
}

TEST_CASE("a failure that Azure did not answer is told with the id of the last answer") {
  std::vector<LogRecord> records;
  OperationJournal journal([&](const LogRecord& record) { records.push_back(record); });
  const dev8agent::Error error = dev8agent::make_error(dev8agent::ErrorCode::kConflict, "it runs");
  journal.end(journal.begin({"delete", "workspace-0001", "request-1"}), {&error, "eastus:2"});
  REQUIRE(records.size() == 1);
  CHECK(text_of(records[0]) ==
        "operation.finished operation=delete environment=workspace-0001 requestId=request-1 result=CONFLICT "
        "azureRequestId=eastus:2 message=it runs");
}
