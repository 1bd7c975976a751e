// A log record as it waits for the thread that writes the log: all its text in one string, and its JSON line.
// Pure functions; any thread.
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <string_view>

#include "dev8agent/log.h"

namespace dev8agentd {

// What is done with a field whose value is empty.
enum class Empty { kWritten, kLeftOut };

// A field of a record, as text that the caller keeps.
struct LogText {
  std::string_view name;
  std::string_view value;
  Empty empty = Empty::kWritten;
};

// What every record has.
struct LogHead {
  dev8agent::LogLevel level = dev8agent::LogLevel::kInfo;
  std::chrono::system_clock::time_point time{};
  std::string_view event;  // a word of docs/operations.md, such as "request"
};

// The record as one string, which only to_line() reads.
std::string to_entry(const LogHead& head, std::span<const LogText> fields);
// The JSON object of an entry, without line end. Fields that count something (attempts, bytes, count,
// durationMs, status) are numbers, all others are strings.
std::string to_line(std::string_view entry);

}  // namespace dev8agentd
