// Reading and showing progress.
#include "dev8ctl/snapshot.h"

#include <algorithm>
#include <cstdio>
#include <ctime>

#include "dev8ctl/table.h"

namespace dev8ctl {
namespace {

constexpr std::size_t kEventsShown = 6;
constexpr std::size_t kStageColumn = 20;

std::string one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  return text;
}

milliseconds time_in(const StageTime& stage, milliseconds elapsed) {
  return std::max(milliseconds(0), stage.ended.value_or(elapsed) - stage.began);
}

std::string stage_line(const StageTime& stage, const std::string& detail, milliseconds elapsed) {
  std::string line = stage.ended ? "  + " : "  > ";
  line += stage.name;
  line.append(kStageColumn - std::min(kStageColumn, stage.name.size()), ' ');
  line += " " + duration_text(time_in(stage, elapsed));
  if (!stage.ended && !detail.empty()) line += "  " + detail;
  return line;
}

}  // namespace

std::optional<milliseconds> parse_time(const std::string& text) {
  std::tm parts{};
  int fraction = 0;
  int read = 0;
  const int count =
      std::sscanf(text.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d.%3dZ%n", &parts.tm_year, &parts.tm_mon,
                  &parts.tm_mday, &parts.tm_hour, &parts.tm_min, &parts.tm_sec, &fraction, &read);
  if (count != 7 || static_cast<std::size_t>(read) != text.size()) return std::nullopt;
  parts.tm_year -= 1900;
  parts.tm_mon -= 1;
  return std::chrono::seconds(timegm(&parts)) + milliseconds(fraction);
}

Snapshot snapshot_of(const Json& operation) {
  Snapshot snapshot;
  snapshot.detail = one_line(text_at(operation, "detail"));
  const auto begin = parse_time(text_at(operation, "createdAt"));
  const Json& stages = member(operation, "stages");
  if (!begin || !stages.IsArray()) return snapshot;
  for (const Json& stage : stages.GetArray()) {
    const auto began = parse_time(text_at(stage, "startedAt"));
    const auto ended = parse_time(text_at(stage, "endedAt"));
    if (!began || text_at(stage, "name") == "done") continue;
    StageTime& entry = snapshot.stages.emplace_back();
    entry.name = one_line(text_at(stage, "name"));
    entry.began = *began - *begin;
    if (ended) entry.ended = *ended - *begin;
  }
  return snapshot;
}

void add_event(Snapshot& snapshot, const Json& event) {
  const std::string id = text_at(event, "id");
  const bool known = std::any_of(snapshot.events.begin(), snapshot.events.end(),
                                 [&](const AzureEvent& told) { return told.id == id; });
  if (known || text_at(event, "type") != "container") return;
  const std::string time = text_at(event, "time");
  const std::string message = text_at(event, "message");
  snapshot.events.push_back({id, time.size() >= 19 ? time.substr(11, 8) : time,
                             one_line(text_at(event, "name") + (message.empty() ? "" : ": " + message))});
}

std::string duration_text(milliseconds time) {
  char text[48];
  const long long tenths = std::max<long long>(0, time.count() / 100);
  if (tenths < 600) {
    std::snprintf(text, sizeof(text), "%lld.%lld s", tenths / 10, tenths % 10);
  } else {
    std::snprintf(text, sizeof(text), "%lld:%02lld min", tenths / 600, tenths / 10 % 60);
  }
  return text;
}

std::vector<std::string> live_lines(const std::string& title, const Snapshot& snapshot, milliseconds elapsed,
                                    std::size_t width, std::size_t height) {
  std::vector<std::string> lines = {title + "  " + duration_text(elapsed)};
  for (const StageTime& stage : snapshot.stages) {
    lines.push_back(stage_line(stage, snapshot.detail, elapsed));
  }
  const std::size_t count = snapshot.events.size();
  for (std::size_t i = count - std::min(count, kEventsShown); i < count; ++i) {
    lines.push_back("      " + snapshot.events[i].time + "  " + snapshot.events[i].text);
  }
  if (lines.size() > height) {
    lines.erase(lines.begin() + 1, lines.begin() + 1 + static_cast<std::ptrdiff_t>(lines.size() - height));
  }
  for (std::string& line : lines) line = cut(line, width);
  return lines;
}

std::string new_lines(const Snapshot& before, const Snapshot& now) {
  std::string text;
  for (std::size_t i = 0; i < now.stages.size(); ++i) {
    const StageTime& stage = now.stages[i];
    const bool was_there = i < before.stages.size();
    if (!was_there) text += stage.name + "\n";
    if (stage.ended && (!was_there || !before.stages[i].ended)) {
      text += stage.name + ": done in " + duration_text(*stage.ended - stage.began) + "\n";
    }
  }
  for (const AzureEvent& event : now.events) {
    if (std::find(before.events.begin(), before.events.end(), event) == before.events.end()) {
      text += event.time + "  " + event.text + "\n";
    }
  }
  return text;
}

}  // namespace dev8ctl
