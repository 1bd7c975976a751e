// Log records: an event and an allow-list of plain fields. Used by programs that set AgentOptions::logger;
// the library writes no log by itself. It never logs a body, a header or a whole URL, so no record can carry
// a secret.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "dev8agent/export.h"

namespace dev8agent {

enum class LogLevel { kDebug, kInfo, kWarn, kError };

// "debug", "info", "warn" or "error".
DEV8AGENT_EXPORT std::string_view to_string(LogLevel level);

struct LogField {
  std::string name;
  std::string value;
};

struct LogRecord {
  LogLevel level = LogLevel::kInfo;
  std::string event;  // a stable word, such as "azure.call" or "environment.create"
  std::vector<LogField> fields;
};

// Called on the loop thread, one record at a time. Must not block, must not throw, and must not call back
// into the library or destroy the orchestrator.
using Logger = std::function<void(const LogRecord&)>;

}  // namespace dev8agent
