// How far an operation has come, as plain values, and how that is shown. Pure; any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "dev8ctl/json_text.h"

namespace dev8ctl {

using std::chrono::milliseconds;

// One stage; the times count from the operation's begin.
struct StageTime {
  std::string name;
  milliseconds began{0};
  std::optional<milliseconds> ended;  // none: it is in it now

  bool operator==(const StageTime&) const = default;
};

// Azure's events have whole seconds: one may bear a time that lies before the operation that led to it.
inline constexpr milliseconds kEventResolution{1000};

// Something that Azure tells of the container.
struct AzureEvent {
  std::string id;    // tells one from another
  std::string time;  // "12:00:03", by Azure's clock
  std::string text;

  bool operator==(const AzureEvent&) const = default;
};

struct Snapshot {
  std::vector<StageTime> stages;
  std::string detail;              // of the present stage; may be empty
  std::vector<AzureEvent> events;  // in the order in which they were told

  bool operator==(const Snapshot&) const = default;
};

// The stages and the detail of an operation of the REST contract, times as it tells them.
Snapshot snapshot_of(const Json& operation);
// Adds an event of the REST contract, if it is one of a container that `snapshot` does not have.
void add_event(Snapshot& snapshot, const Json& event);

// Milliseconds since 1970 of "2026-01-15T08:30:00.000Z"; none for any other text.
std::optional<milliseconds> parse_time(const std::string& text);

// "0.4 s", "12.0 s", "2:05 min".
std::string duration_text(milliseconds time);

// The lines of a live view, at most `width` columns each and at most `height` lines, 1 and up: the title with
// the elapsed time, the stages with theirs, and the last events. Where there are more, the oldest stages go.
std::vector<std::string> live_lines(const std::string& title, const Snapshot& snapshot, milliseconds elapsed,
                                    std::size_t width, std::size_t height);

// Lines with an end for what `now` has and `before` has not: for a pipe, where nothing is overwritten.
std::string new_lines(const Snapshot& before, const Snapshot& now);

}  // namespace dev8ctl
