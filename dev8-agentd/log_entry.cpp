// An entry is the head as bytes, then event, names and values, each behind its length.
#include "log_entry.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

#include "dev8agent/wire.h"

namespace dev8agentd {
namespace {

constexpr std::string_view kNumbers[] = {"attempts", "bytes", "count", "readsLeft", "status"};

bool is_number(std::string_view name) {
  return name.ends_with("Ms") ||
         std::find(std::begin(kNumbers), std::end(kNumbers), name) != std::end(kNumbers);
}

struct FixedPart {
  dev8agent::LogLevel level;
  std::chrono::system_clock::time_point time;
};

void append_text(std::string& entry, std::string_view text) {
  const auto length = static_cast<std::uint32_t>(text.size());
  entry.append(reinterpret_cast<const char*>(&length), sizeof(length)).append(text);
}

std::string_view take_text(std::string_view& rest) {
  std::uint32_t length = 0;
  rest.copy(reinterpret_cast<char*>(&length), sizeof(length));
  const std::string_view text = rest.substr(sizeof(length), length);
  rest.remove_prefix(sizeof(length) + length);
  return text;
}

// The value of a field that counts something; nothing for any other.
std::optional<std::int64_t> number_of(std::string_view name, std::string_view value) {
  if (!is_number(name)) return std::nullopt;
  std::int64_t number = 0;
  const char* end = value.data() + value.size();
  const auto [stop, failure] = std::from_chars(value.data(), end, number);
  return failure == std::errc() && stop == end ? std::optional(number) : std::nullopt;
}

}  // namespace

std::string to_entry(const LogHead& head, std::span<const LogText> fields) {
  const FixedPart fixed{head.level, head.time};
  std::string entry;
  entry.reserve(320);  // most records need less
  entry.append(reinterpret_cast<const char*>(&fixed), sizeof(fixed));
  append_text(entry, head.event);
  for (const LogText& field : fields) {
    if (field.value.empty() && field.empty == Empty::kLeftOut) continue;
    append_text(entry, field.name);
    append_text(entry, field.value);
  }
  return entry;
}

std::string to_line(std::string_view entry) {
  FixedPart fixed{};
  entry.copy(reinterpret_cast<char*>(&fixed), sizeof(fixed));
  entry.remove_prefix(sizeof(fixed));
  dev8agent::JsonObject line;
  line.field("time", dev8agent::format_time(fixed.time));
  line.field("level", dev8agent::to_string(fixed.level));
  line.field("event", take_text(entry));
  while (!entry.empty()) {
    const std::string_view name = take_text(entry);
    const std::string_view value = take_text(entry);
    if (const auto number = number_of(name, value)) {
      line.field(name, *number);
    } else {
      line.field(name, value);
    }
  }
  return line.str();
}

}  // namespace dev8agentd
