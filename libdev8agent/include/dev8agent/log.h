// Log records: an event and an allow-list of plain fields. The library never logs a body, a header or a
// whole URL, so no record can carry a secret.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace dev8agent {

enum class LogLevel { kDebug, kInfo, kWarn, kError };

std::string_view to_string(LogLevel level);

struct LogField {
  std::string name;
  std::string value;
};

struct LogRecord {
  LogLevel level = LogLevel::kInfo;
  std::string event;  // a stable word, such as "azure.call" or "environment.create"
  std::vector<LogField> fields;
};

// Called on the loop thread; must not block and must not call back into the library.
using Logger = std::function<void(const LogRecord&)>;

}  // namespace dev8agent
