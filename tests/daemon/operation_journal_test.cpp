// What is known of operations under way, and what the log says at the end of each.
#include "operation_journal.h"

#include <doctest/doctest.h>

using dev8agent::LogLevel;
using dev8agent::LogRecord;
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
  journal.end(create, &error);
  journal.end(create, &error);
  journal.end(list, nullptr);
  CHECK(journal.under_way().empty());
  REQUIRE(records.size() == 2);
  CHECK(text_of(records[0]) ==
        "operation.finished operation=create environment=workspace-0001 requestId=request-1 "
        "result=QUOTA_EXCEEDED attempts=3 azureRequestId=eastus:1 message=no room");
  CHECK(records[0].level == LogLevel::kWarn);
  CHECK(text_of(records[1]) == "operation.finished operation=list requestId=request-2 result=OK");
  CHECK(records[1].level == LogLevel::kDebug);
}
