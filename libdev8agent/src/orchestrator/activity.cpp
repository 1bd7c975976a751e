// Activity: what supervisors report of the use of their workspaces, and its way into a tag of the container
// group. It waits in this process until a write is due.
#include <algorithm>

#include "orchestrator/flows.h"
#include "plan/idle.h"
#include "plan/names.h"
#include "plan/regions.h"

namespace dev8agent::internal {
namespace {

constexpr std::chrono::seconds kActivityPatience{30};  // with one write and the read before it
constexpr std::size_t kMostEntries = 100'000;
constexpr std::size_t kWritesAtOnce = 8;

}  // namespace

// Somebody asks for an environment that runs already: it is not idle.
void Flows::count_as_use(const std::string& id) {
  const bool kept = idle_.contains(id) || idle_.size() < kMostEntries;
  if (idle_rules().standard.count() > 0 && kept) idle_[id].use.reported = scheduler_->now();
}

// What the group's tags tell of its use, seen just now.
void Flows::note_use(IdleEntry& entry, const plan::SeenGroup& group, WallTime azure_now) const {
  std::optional<TimePoint> use;
  if (group.last_activity) use = scheduler_->now() - (azure_now - *group.last_activity);
  entry.use.note_tag(use);
  entry.window = plan::idle_window(idle_rules(), group.facts.idle_stop_minutes);
}

Task<Result<Done>> Flows::report_activity(FlowContext context, ActivityReport report) {
  const std::string id = report.environment_id;
  const auto unused_for = plan::unused_for(report, scheduler_->wall_now() + azure_ahead_);
  if (context.call->only_user) {
    auto located = co_await locate(context, id, plan::regions_to_search("", settings_));
    if (!located.ok()) co_return located.error();
    if (located->states.empty()) co_return plan::does_not_exist(id);
  }
  if (idle_rules().standard.count() == 0 || !unused_for) co_return Done{};
  if (!idle_.contains(id) && idle_.size() >= kMostEntries)
    co_return make_error(ErrorCode::kRateLimited, "this agent has too many reports of activity to keep");
  const TimePoint now = scheduler_->now();
  IdleEntry& entry = idle_[id];
  entry.use.reported = std::max(entry.use.reported, std::optional<TimePoint>(now - *unused_for));
  // What no list has shown yet is written after the next one.
  const bool due = entry.region != nullptr && plan::is_write_due(entry.use, now, entry.window);
  if (!due || entry.writing) co_return Done{};
  auto written = co_await write_activity(context.call, id);
  co_return written;
}

// One write at a time for one environment.
Task<Result<Done>> Flows::write_activity(CallPtr call, std::string id) {
  IdleEntry& entry = idle_[id];
  entry.writing = true;
  auto written = co_await merge_activity(make_state(background(call, kActivityPatience), *entry.region, id));
  idle_[id].writing = false;
  co_return written;
}

// Puts the last use that was reported here into the group's tag, unless the tag tells of a later one. What
// does not run is not in use, whatever was reported.
Task<Result<Done>> Flows::merge_activity(FlowStatePtr state) {
  auto seen = co_await observe_group(state);
  if (!seen.ok()) co_return seen.error();
  IdleEntry& entry = idle_[state->id];
  entry.use.written_at = scheduler_->now();
  if (!state->seen.group || plan::is_unmanaged(*state)) co_return Done{};
  note_use(entry, *state->seen.group, state->seen.azure_now);
  const auto use = entry.use.reported;
  const auto used_at = reported_use(*state);
  const bool runs = plan::idle_stop_at(state->seen, entry.window).has_value();
  if (!runs || !used_at || state->seen.group->last_activity >= used_at) co_return Done{};
  plan::Labels tags = plan::last_activity_tag(*used_at);
  if (plan::is_mark_of_running(state->seen)) tags.merge(plan::idle_stop_tag(std::nullopt));
  reads_.note_group_write(key_of(*state), scheduler_->now());
  auto merged =
      co_await azure_.groups().merge_tags(state->context.call, state->region->options.resource_group,
                                          plan::names_of(state->id).container_group, std::move(tags));
  IdleEntry& after = idle_[state->id];
  if (!merged.ok()) {
    after.use.written_at.reset();  // the next look tries again
    co_return merged.error();
  }
  after.use.written = use;
  after.use.tagged = use;
  co_return Done{};
}

// Writes all that is due. What cannot be written is tried again by the next look.
Task<Done> Flows::flush_activity(CallPtr call) {
  std::vector<std::string> due;
  for (const auto& [id, entry] : idle_) {
    const bool free = entry.region != nullptr && !entry.writing;
    if (free && plan::is_write_due(entry.use, scheduler_->now(), entry.window)) due.push_back(id);
  }
  for (std::size_t first = 0; first < due.size(); first += kWritesAtOnce) {
    const std::size_t end = std::min(first + kWritesAtOnce, due.size());
    std::vector<Task<Result<Done>>> writes;
    for (std::size_t i = first; i < end; ++i) writes.push_back(write_activity(call, due[i]));
    auto results = co_await when_all(std::move(writes));
    for (std::size_t i = 0; i < results.size(); ++i) {
      if (results[i].ok() || !settings_->logger) continue;
      settings_->logger({LogLevel::kWarn,
                         "idle.activity_lost",
                         {{"environment", due[first + i]}, {"error", results[i].error().message}}});
    }
  }
  co_return Done{};
}

}  // namespace dev8agent::internal
