// When an environment that nobody uses is stopped, and when a report of use is written. Pure.
//
// The window of an environment begins with its container's start and anew with each use. Use is kept in a tag
// of the container group, so that all agents decide alike. Times of type WallTime are those of Azure's clock;
// a TimePoint is of this machine's steady clock, which cannot be set.
#pragma once

#include <chrono>
#include <optional>

#include "dev8agent/environment.h"
#include "plan/observation.h"

namespace dev8agent::internal::plan {

// What the operator allows: AgentOptions::idle_stop_after and idle_stop_longest.
struct IdleRules {
  std::chrono::seconds standard{0};  // 0: nothing is stopped
  std::chrono::seconds longest{0};   // 0: no limit
};

// The window of an environment; 0: it is never stopped. EnvironmentSpec::idle_stop_minutes counts within the
// rules: what is more than `longest`, as "never" is, becomes `longest`.
std::chrono::seconds idle_window(const IdleRules& rules, std::optional<int> idle_stop_minutes);

// How often use is written at most: min(3 min, window / 4).
std::chrono::milliseconds activity_interval(std::chrono::seconds window);
// How often idleness is looked for, and how long after the end of the window the stop comes, so that a report
// of its last moment is visible by then: min(30 s, window / 8) each. So the stop comes at most
// min(1 min, window / 4) after the end.
std::chrono::milliseconds idle_look_interval(std::chrono::seconds window);

// How long before the report the workspace was used last: 0 while somebody is connected, else since the later
// of its times, by the reporter's clock. `now` stands in for a report without a timestamp. Nothing when it
// tells of no use.
std::optional<std::chrono::milliseconds> unused_for(const ActivityReport& report, WallTime now);

// What one process knows of the use of one environment.
struct KnownUse {
  std::optional<TimePoint> reported{};  // the last use that was reported to this process
  std::optional<TimePoint> written{};   // the last of these that it has put into the tag
  std::optional<TimePoint> tagged{};    // the use that the tag told of when it was read last
  std::optional<TimePoint>
      written_at{};  // when this process wrote last, or saw that there is nothing to write

  // Enters what the tag tells. When it tells of an earlier use than this process has written, somebody has
  // written over it, and it is written again.
  void note_tag(std::optional<TimePoint> use);
};

// True when this process knows of a later use than the tag, and the last write is old enough.
bool is_write_due(const KnownUse& use, TimePoint now, std::chrono::seconds window);

// The end of the window of a running container; nothing when none runs, its start is not known, or the window
// is 0. `reported`: the last use that this process knows of, beside the tag.
std::optional<WallTime> idle_stop_at(const Observation& seen, std::chrono::seconds window,
                                     std::optional<WallTime> reported = std::nullopt);

// The stop that is due at `seen.azure_now`; nothing when there is none yet.
std::optional<IdleStop> due_idle_stop(const Observation& seen, std::chrono::seconds window,
                                      std::optional<WallTime> reported);

// The earliest moment at which a container may be due, as far as its tags tell: a list does not show since
// when it runs. Nothing when the window is 0.
std::optional<WallTime> earliest_idle_stop(const SeenGroup& group, std::chrono::seconds window);

// An agent marks a group with its stop before it stops it. True while the container that the mark is about
// runs: it was not stopped, or not yet.
bool is_mark_of_running(const Observation& seen);
// True when the mark is there already: of an attempt that came no further, or of another agent.
bool is_marked(const Observation& seen, const IdleStop& stop);

}  // namespace dev8agent::internal::plan
