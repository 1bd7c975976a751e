// The rules of the idle stop.
#include "plan/idle.h"

#include <algorithm>

#include "base/time_format.h"
#include "plan/group_phase.h"

namespace dev8agent::internal::plan {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Azure dates its answers by the second, so the same tag reads as a slightly different time each time.
constexpr seconds kReadsAgree{3};

// What was used longer ago was never used: supervisors send the zero time of their language.
constexpr std::chrono::hours kLongestTold{366 * 24};

bool runs(const Observation& seen) {
  return seen.group && seen.group->state.container_started_at &&
         classify_group(seen.group->state, WallTime{}, seen.azure_now).phase == Phase::kRunning;
}

WallTime used_at(const SeenGroup& group, WallTime begun, std::optional<WallTime> reported) {
  return std::max({begun, group.last_activity.value_or(WallTime{}), reported.value_or(WallTime{})});
}

}  // namespace

seconds idle_window(const IdleRules& rules, std::optional<int> idle_stop_minutes) {
  if (rules.standard.count() == 0) return seconds(0);
  if (!idle_stop_minutes) return rules.standard;
  const seconds own = std::chrono::minutes(*idle_stop_minutes);
  const bool beyond = own.count() == 0 || own > rules.longest;
  return rules.longest.count() > 0 && beyond ? rules.longest : own;
}

milliseconds activity_interval(seconds window) {
  return std::min<milliseconds>(std::chrono::minutes(3), milliseconds(window) / 4);
}

milliseconds idle_look_interval(seconds window) {
  return std::min<milliseconds>(seconds(30), milliseconds(window) / 8);
}

std::optional<milliseconds> unused_for(const ActivityReport& report, WallTime now) {
  const ActivitySnapshot& snapshot = report.snapshot;
  if (snapshot.active_ide_connections > 0 || snapshot.active_ssh_connections > 0) return milliseconds(0);
  const auto latest =
      std::max(parse_rfc3339(snapshot.last_ide_activity), parse_rfc3339(snapshot.last_ssh_activity));
  if (!latest) return std::nullopt;
  const WallTime made = report.timestamp == WallTime{} ? now : report.timestamp;
  const auto unused = std::chrono::duration_cast<milliseconds>(made - *latest);
  if (unused > kLongestTold) return std::nullopt;
  return std::max(unused, milliseconds(0));
}

void KnownUse::note_tag(std::optional<TimePoint> use) {
  tagged = use;
  if (written && (!use || *use < *written - kReadsAgree)) written.reset();
}

bool is_write_due(const KnownUse& use, TimePoint now, seconds window) {
  if (window.count() == 0 || !use.reported) return false;
  const bool news =
      (!use.written || *use.written < *use.reported) && (!use.tagged || *use.tagged < *use.reported);
  const auto last = std::max(use.tagged, use.written_at);
  return news && (!last || now - *last >= activity_interval(window));
}

std::optional<WallTime> idle_stop_at(const Observation& seen, seconds window,
                                     std::optional<WallTime> reported) {
  if (window.count() == 0 || !runs(seen)) return std::nullopt;
  return used_at(*seen.group, *seen.group->state.container_started_at, reported) + window;
}

std::optional<IdleStop> due_idle_stop(const Observation& seen, seconds window,
                                      std::optional<WallTime> reported) {
  if (shows_earlier_run(seen)) return std::nullopt;
  const auto end = idle_stop_at(seen, window, reported);
  if (!end || seen.azure_now < *end + idle_look_interval(window)) return std::nullopt;
  return IdleStop{*end - window, seen.azure_now};
}

std::optional<WallTime> earliest_idle_stop(const SeenGroup& group, seconds window) {
  if (window.count() == 0) return std::nullopt;
  return used_at(group, WallTime{}, std::nullopt) + window + idle_look_interval(window);
}

bool is_mark_of_running(const Observation& seen) {
  return runs(seen) && seen.group->idle_stop &&
         *seen.group->state.container_started_at <= seen.group->idle_stop->at;
}

bool is_marked(const Observation& seen, const IdleStop& stop) {
  return is_mark_of_running(seen) && seen.group->idle_stop->since >= stop.since - kReadsAgree;
}

}  // namespace dev8agent::internal::plan
