// Log records as JSON lines.
#include "json_log.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>

#include "dev8agent/wire.h"

namespace dev8agentd {
namespace {

using dev8agent::LogRecord;

constexpr std::string_view kNumbers[] = {"attempts", "bytes", "count", "durationMs", "status"};

// The value of a field that counts something; nothing for any other.
std::optional<std::int64_t> number_of(const dev8agent::LogField& field) {
  if (std::find(std::begin(kNumbers), std::end(kNumbers), field.name) == std::end(kNumbers))
    return std::nullopt;
  std::int64_t number = 0;
  const char* end = field.value.data() + field.value.size();
  const auto [stop, failure] = std::from_chars(field.value.data(), end, number);
  return failure == std::errc() && stop == end ? std::optional(number) : std::nullopt;
}

std::string dropped_line(std::size_t count) {
  return to_json({dev8agent::LogLevel::kWarn, "log.dropped", {{"count", std::to_string(count)}}});
}

}  // namespace

Log::Log(dev8agent::LogLevel level, std::function<void()> on_drop)
    : level_(level), lines_(STDERR_FILENO, dropped_line, std::move(on_drop)) {}

void Log::write(const LogRecord& record) const {
  if (record.level >= level_) lines_.write(to_json(record));
}

std::string to_json(const LogRecord& record) {
  dev8agent::JsonObject line;
  line.field("time", dev8agent::format_time(std::chrono::system_clock::now()));
  line.field("level", dev8agent::to_string(record.level));
  line.field("event", record.event);
  for (const dev8agent::LogField& field : record.fields) {
    if (const auto number = number_of(field)) {
      line.field(field.name, *number);
    } else {
      line.field(field.name, field.value);
    }
  }
  return line.str();
}

}  // namespace dev8agentd
