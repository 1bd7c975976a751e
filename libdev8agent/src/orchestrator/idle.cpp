// The idle stop: a look at all container groups again and again, and the stop of what nobody has used for a
// whole window.
#include <algorithm>
#include <set>

#include "base/text.h"
#include "orchestrator/flows.h"
#include "plan/idle.h"
#include "plan/names.h"

namespace dev8agent::internal {
namespace {

using std::chrono::milliseconds;

constexpr std::chrono::seconds kIdlePatience{30};  // with one environment, and with one list
constexpr std::size_t kLooksAtOnce = 8;

}  // namespace

// The last use that was reported to this process, by Azure's clock.
std::optional<WallTime> Flows::reported_use(const FlowState& state) const {
  const auto found = idle_.find(state.id);
  if (found == idle_.end() || !found->second.use.reported) return std::nullopt;
  return state.seen.azure_now -
         std::chrono::duration_cast<milliseconds>(scheduler_->now() - *found->second.use.reported);
}

// The regions that share a resource group are told apart by the groups' locations.
void Flows::note_listed(const azure::GroupList& list, const std::string& resource_group) {
  for (auto& [id, entry] : idle_) {
    if (entry.region != nullptr && equal_ignoring_case(entry.region->options.resource_group, resource_group))
      entry.region = nullptr;
  }
  for (const ContainerGroup& group : list.groups) {
    const auto id = plan::id_of_group(group.name);
    if (!id || !plan::owned(group.tags, *id)) continue;
    for (const auto& [name, region] : azure_.regions()) {
      const RegionOptions& place = region->options;
      if (!equal_ignoring_case(place.resource_group, resource_group)) continue;
      if (!same_location(group.location, place.location)) continue;
      IdleEntry& entry = idle_[*id];
      const plan::SeenGroup seen = plan::see_group(group);
      const auto window_before = std::exchange(entry.window, std::chrono::seconds(0));
      entry.region = region.get();
      note_use(entry, seen, list.shown_at);
      entry.listed_due = plan::earliest_idle_stop(seen, entry.window);
      if (entry.window != window_before) entry.read_due.reset();
      break;
    }
  }
}

// One list of each resource group. One that fails leaves what was known of its environments.
Task<Done> Flows::list_idle(CallPtr call) {
  std::set<std::string> groups;
  for (const auto& [name, region] : azure_.regions()) groups.insert(to_lower(region->options.resource_group));
  for (const std::string& resource_group : groups) {
    const FlowContext context = background(call, kIdlePatience);
    auto granted = co_await take_read(context.call);
    if (!granted.ok()) continue;
    auto listed = co_await azure_.groups().list(context.call, resource_group);
    if (listed.ok()) {
      note_azure_clock(listed->shown_at);
      note_listed(*listed, resource_group);
    } else if (settings_->logger && !call->cancellation->cancelled()) {
      settings_->logger({LogLevel::kWarn, "idle.look_failed", {{"error", listed.error().message}}});
    }
  }
  // A report that is older than every window tells nothing.
  const std::chrono::seconds longest = std::max(idle_rules().standard, idle_rules().longest);
  std::erase_if(idle_, [&](const auto& item) {
    const IdleEntry& entry = item.second;
    const bool news = entry.use.reported && scheduler_->now() - *entry.use.reported < longest;
    return entry.region == nullptr && !entry.writing && !news;
  });
  co_return Done{};
}

// Reads what may be due, and stops what is.
Task<Done> Flows::look_at_idle(CallPtr call) {
  const WallTime now = scheduler_->wall_now() + azure_ahead_;
  std::vector<std::string> due;
  for (const auto& [id, entry] : idle_) {
    if (entry.region == nullptr || !entry.listed_due || in_flight(id) != plan::InFlight::kNothing) continue;
    if (now >= std::max(entry.listed_due, entry.read_due)) due.push_back(id);
  }
  for (std::size_t first = 0; first < due.size(); first += kLooksAtOnce) {
    std::vector<Task<Result<Done>>> looks;
    for (std::size_t i = first; i < std::min(first + kLooksAtOnce, due.size()); ++i)
      looks.push_back(look_for_idleness(call, due[i]));
    co_await when_all(std::move(looks));  // what has failed is logged; the next look tries again
  }
  co_return Done{};
}

// Reads one container, and stops it when it is due. The first read of a container is within the budget of
// those who watch; a later one comes once in a window, when the stop seems due, and does not wait.
Task<Result<Done>> Flows::look_for_idleness(CallPtr call, std::string id) {
  const FlowStatePtr state = make_state(background(call, kIdlePatience), *idle_[id].region, id);
  if (!idle_[id].read_due) {
    auto granted = co_await take_read(state->context.call);
    if (!granted.ok()) co_return granted.error();
  }
  auto seen = co_await observe_group(state);
  if (!seen.ok()) co_return seen.error();
  if (!state->seen.group || plan::is_unmanaged(*state)) co_return Done{};
  IdleEntry& entry = idle_[id];
  note_use(entry, *state->seen.group, state->seen.azure_now);
  const auto margin = plan::idle_look_interval(entry.window);
  const auto end = plan::idle_stop_at(state->seen, entry.window, reported_use(*state));
  // What does not run cannot be due before it has started and a window has passed.
  entry.read_due = end.value_or(state->seen.azure_now + entry.window) + margin;
  if (!plan::due_idle_stop(state->seen, entry.window, reported_use(*state))) co_return Done{};
  auto stopped = co_await stop_idle(state);
  const std::string event = stopped.ok() ? "idle.stopped" : "idle.not_stopped";
  std::vector<LogField> fields;
  if (!stopped.ok()) fields.push_back({"error", stopped.error().message});
  log(stopped.ok() ? LogLevel::kInfo : LogLevel::kWarn, event, *state, std::move(fields));
  if (!stopped.ok()) co_return stopped;
  // For those who watch its events. When it fails, their own next read shows the stop.
  auto shown = co_await observe_group(state);
  static_cast<void>(shown);
  co_return Done{};
}

// Marks the group, so that every agent tells the event, and stops it. The answer of the mark has the tags as
// they are where the group is kept, and a second read confirms the first: a report or a start that the first
// read did not show yet keeps it up.
Task<Result<Done>> Flows::stop_idle(FlowStatePtr state) {
  const CallPtr call = state->context.call;
  const std::string resource_group = state->region->options.resource_group;
  const std::string name = plan::names_of(state->id).container_group;
  auto hold = co_await locks_.acquire(call, state->id);
  if (!hold.ok()) co_return hold.error();
  InFlightGuard guard(*this, state->id, plan::InFlight::kStop, call);
  const std::chrono::seconds window = idle_[state->id].window;
  auto stop = plan::due_idle_stop(state->seen, window, reported_use(*state));
  std::optional<WallTime> latest;
  if (stop && !plan::is_marked(state->seen, *stop)) {
    reads_.note_group_write(key_of(*state), scheduler_->now());
    auto marked = co_await azure_.groups().merge_tags(call, resource_group, name, plan::idle_stop_tag(stop));
    if (!marked.ok()) co_return marked.error();
    latest = plan::last_activity_in(*marked);
  }
  for (int i = 0; i < plan::kMaxReobservations; ++i) {
    auto seen = co_await observe_group(state);
    if (!seen.ok()) co_return seen.error();
    if (scheduler_->now() - state->seen.group_asked_at <= plan::kFreshFor) break;
  }
  latest = std::max(latest, reported_use(*state));
  stop = plan::due_idle_stop(state->seen, window, latest);
  if (!stop) co_return make_error(ErrorCode::kConflict, "environment " + state->id + " is in use again");
  reads_.note_group_write(key_of(*state), scheduler_->now());
  auto stopped = co_await azure_.groups().stop(call, resource_group, name);
  if (!stopped.ok()) co_return stopped.error();
  co_return Done{};
}

// Until the earliest stop that is possible, but neither longer nor much shorter than between two looks.
milliseconds Flows::until_next_look() const {
  const WallTime now = scheduler_->wall_now() + azure_ahead_;
  milliseconds pace = plan::idle_look_interval(idle_rules().standard);
  for (const auto& [id, entry] : idle_) {
    if (entry.window.count() > 0) pace = std::min(pace, plan::idle_look_interval(entry.window));
  }
  milliseconds wait = pace;
  for (const auto& [id, entry] : idle_) {
    const auto due = std::max(entry.listed_due, entry.read_due);
    if (entry.region == nullptr || !entry.listed_due || *due <= now) continue;
    wait = std::min(wait, std::chrono::ceil<milliseconds>(*due - now));
  }
  return std::max(wait, pace / 2);
}

Task<Result<Done>> Flows::watch_idleness(FlowContext context) {
  for (;;) {
    co_await list_idle(context.call);
    co_await flush_activity(context.call);
    co_await look_at_idle(context.call);
    auto waited = co_await pause(context.call, until_next_look());
    if (!waited.ok()) co_return waited.error();
  }
}

}  // namespace dev8agent::internal
