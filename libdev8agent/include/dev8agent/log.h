// Log records: an event and an allow-list of plain fields. Used by programs that set AgentOptions::logger;
// the library writes no log by itself. It never logs a body, a whole URL, or a header other
// than Azure's request id, so no record can carry a secret.
//
//   options.logger = [](const dev8agent::LogRecord& record) {
//     std::string line = std::string(dev8agent::to_string(record.level)) + " " + record.event;
//     for (const auto& field : record.fields) line += " " + field.name + "=" + field.value;
//     queue_for_writing(std::move(line));  // values may hold any text: escape them for the log's format
//   };
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "dev8agent/export.h"

namespace dev8agent {
inline namespace DEV8AGENT_ABI {

// kDebug: each attempt of a request to Azure. kInfo: what an operation has done. kWarn: a failed attempt, or
// something that may need attention. kError: something that somebody has to clean up.
enum class LogLevel { kDebug, kInfo, kWarn, kError };

// "debug", "info", "warn" or "error". `level` must be one of the enumerators.
DEV8AGENT_EXPORT std::string_view to_string(LogLevel level);

// One member of a record. The name is a fixed word, such as "status" or "durationMs".
struct LogField {
  std::string name{};
  std::string value{};
};

// One thing that has happened.
struct LogRecord {
  LogLevel level = LogLevel::kInfo;
  std::string event{};  // a stable word, such as "azure.call" or "rollback.done"
  std::vector<LogField> fields{};
};

// Called on the loop thread, one record at a time. Must not block, must not throw, and must not call back
// into the library or destroy the orchestrator. The record is valid during the call.
using Logger = std::function<void(const LogRecord&)>;

}  // namespace DEV8AGENT_ABI
}  // namespace dev8agent
