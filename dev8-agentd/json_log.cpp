// Log records on their way to the thread that writes them.
#include "json_log.h"

#include <unistd.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace dev8agentd {
namespace {

using dev8agent::LogLevel;

std::string entry_of(LogLevel level, std::string_view event, std::span<const LogText> fields) {
  return to_entry({level, std::chrono::system_clock::now(), event}, fields);
}

std::string dropped_line(std::size_t count) {
  const std::string text = std::to_string(count);
  const LogText field{"count", text};
  return to_line(entry_of(LogLevel::kWarn, "log.dropped", {&field, 1}));
}

void append_line(std::string_view entry, std::string& text) {
  text += to_line(entry);
  text += '\n';
}

}  // namespace

Log::Log(LogLevel level, std::function<void()> on_drop)
    : level_(level), lines_(STDERR_FILENO, {append_line, dropped_line, std::move(on_drop)}) {}

void Log::write(const dev8agent::LogRecord& record) const {
  if (record.level < level_) return;
  std::vector<LogText> fields;
  fields.reserve(record.fields.size());
  for (const dev8agent::LogField& field : record.fields) fields.push_back({field.name, field.value});
  write(record.level, record.event, fields);
}

void Log::write(LogLevel level, std::string_view event, std::span<const LogText> fields) const {
  if (level >= level_) lines_.write(entry_of(level, event, fields));
}

}  // namespace dev8agentd
