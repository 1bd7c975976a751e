// Events: one read, and a watch that tells of each change until the environment is gone.
#include <algorithm>
#include <set>

#include "orchestrator/flows.h"
#include "plan/events.h"
#include "plan/names.h"
#include "plan/regions.h"

namespace dev8agent::internal {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kClocksAgree{5};   // the Date of an answer is that of its second
constexpr seconds kAfterFailure{5};  // before the next read
constexpr int kReadsUntilGone = 2;

// Of the last page that was told.
std::set<std::string> ids_of(const EventPage& page) {
  std::set<std::string> ids;
  for (const EnvironmentEvent& event : page.events) ids.insert(event.id);
  return ids;
}

}  // namespace

// `azure_now` is of an answer that has just come. The difference is kept while it is right within
// kClocksAgree, so that the times of stages do not change from page to page.
void Flows::note_azure_clock(WallTime azure_now) {
  const auto measured = std::chrono::duration_cast<milliseconds>(azure_now - scheduler_->wall_now());
  if (std::chrono::abs(measured - azure_ahead_) > kClocksAgree) azure_ahead_ = measured;
}

EventPage Flows::page_of(const FlowState& state) const {
  EventPage page;
  page.environment_id = state.id;
  page.events = plan::events_of(state.id, state.seen, state.seen.azure_now);
  page.azure_ahead = azure_ahead_;
  return page;
}

Task<Result<EventPage>> Flows::events(FlowContext context, EventsRequest request) {
  auto located =
      co_await locate(context, request.id, plan::regions_to_search(request.cloud_region, settings_));
  if (!located.ok()) co_return located.error();
  if (located->states.empty()) co_return plan::does_not_exist(request.id);
  auto page = page_of(*located->states.front());
  co_return page;
}

// Tells the watches of an environment, but for `reader`, what has just been read.
void Flows::wake_watches(const FlowState& state, const azure::GroupRead& read, const EventWatch* reader) {
  note_azure_clock(read.shown_at);
  if (read.group && read.group->state.empty()) return;  // a list tells nothing of a container
  const auto [first, last] = watches_.equal_range(state.id);
  for (auto watch = first; watch != last; ++watch) {
    if (watch->second.get() == reader || watch->second->region != state.region) continue;
    watch->second->read = read;
    watch->second->changed.notify_all(*scheduler_);
  }
}

// Waits for the next turn: `span`, or until another flow has read the group.
Task<Status> Flows::wait_for_turn(CallPtr call, EventWatchPtr watch, milliseconds span) {
  if (watch->read) co_return Done{};
  auto turn = std::make_shared<Call>(*call);
  turn->deadline = std::min(call->deadline, call->now() + span);
  auto woken = co_await watch->changed.wait(turn);
  const bool over = !woken.ok() && (call->cancellation->cancelled() || call->now() >= call->deadline);
  if (over) co_return woken.error();
  co_return Done{};
}

// Waits until a read that nobody but a watcher needs is within the budget. Flows that poll keep the larger
// part of it.
Task<Status> Flows::take_read(CallPtr call) {
  while (const auto later = watching_.take(scheduler_->now())) {
    auto waited = co_await pause(call, *later - scheduler_->now());
    if (!waited.ok()) co_return waited;
  }
  polling_.charge(1);
  co_return Done{};
}

// Of several watches of one environment the first one reads for all.
bool Flows::reads_for_all(const std::string& id, const EventWatch& watch) const {
  const auto [first, last] = watches_.equal_range(id);
  const auto leader =
      std::find_if(first, last, [&](const auto& other) { return other.second->region == watch.region; });
  return leader != last && leader->second.get() == &watch;
}

// What another flow has read meanwhile, else a read of its own; false when neither is due. The share is read
// when it or the group was not there.
Task<Result<bool>> Flows::read_again(FlowStatePtr state, EventWatchPtr watch) {
  if (!watch->read) {
    if (!reads_for_all(state->id, *watch)) co_return false;
    auto granted = co_await take_read(state->context.call);
    if (!granted.ok()) co_return granted.error();
  }
  if (!watch->read) {
    auto read = co_await azure_.groups().get(state->context.call, state->region->options.resource_group,
                                             plan::names_of(state->id).container_group);
    if (!read.ok()) co_return read.error();
    wake_watches(*state, *read, watch.get());
    watch->read = std::move(*read);
  }
  azure::GroupRead latest = *std::exchange(watch->read, std::nullopt);
  enter_read(*state, std::move(latest));
  if (state->seen.group && state->seen.share) co_return true;
  auto share = co_await observe_share(state);
  if (!share.ok()) co_return share.error();
  co_return true;
}

// The environment of a watch: in which region it is. Null while a create of this process is at it.
Task<Result<FlowStatePtr>> Flows::find_watched(FlowContext context, EventsRequest request) {
  auto located =
      co_await locate(context, request.id, plan::regions_to_search(request.cloud_region, settings_));
  if (!located.ok()) co_return located.error();
  if (!located->states.empty()) co_return located->states.front();
  if (in_flight(request.id) != plan::InFlight::kNothing) co_return FlowStatePtr();
  co_return plan::does_not_exist(request.id);
}

// One turn of a watch; false when it has read nothing. Its environment is found first; then its group is read
// again and again. Not found any more: the create that was under way has left nothing.
Task<Result<bool>> Flows::take_turn(FlowContext context, EventsRequest request, EventWatchPtr watch) {
  if (watch->state) {
    auto done = co_await read_again(watch->state, watch);
    co_return done;
  }
  auto found = co_await find_watched(context, request);
  if (!found.ok()) {
    const bool vanished = watch->told && found.error().code == ErrorCode::kNotFound;
    if (!vanished) co_return found.error();
    watch->absent_reads = kReadsUntilGone;
    co_return true;
  }
  watch->state = *found;
  if (watch->state) watch->region = watch->state->region;
  co_return true;
}

// What a watch tells now.
EventPage Flows::page_of(const EventsRequest& request, EventWatch& watch) const {
  EventPage page;
  page.environment_id = request.id;
  if (watch.state) {
    page = page_of(*watch.state);
    const plan::Observation& seen = watch.state->seen;
    const bool creating = in_flight(request.id) == plan::InFlight::kCreate;
    const bool there = creating || (seen.any() && !plan::is_kept(seen));
    watch.absent_reads = there ? 0 : watch.absent_reads + 1;
  }
  page.gone = watch.absent_reads >= kReadsUntilGone;
  if (page.gone) page.events.push_back(plan::gone_event(request.id, scheduler_->wall_now() + azure_ahead_));
  return page;
}

// Tells what is new; true when it is the last thing to tell.
bool Flows::tell_news(const EventsRequest& request, EventWatch& watch,
                      const std::function<void(const EventPage&)>& tell) const {
  const EventPage page = page_of(request, watch);
  auto ids = ids_of(page);
  const bool news = !watch.told || *watch.told != ids;
  if (news && (watch.absent_reads == 0 || page.gone)) {
    tell(page);
    watch.told = std::move(ids);
  }
  return page.gone;
}

Task<Result<Done>> Flows::watch_events(FlowContext context, EventsRequest request,
                                       std::function<void(const EventPage&)> tell) {
  auto watch = std::make_shared<EventWatch>();
  WatchGuard guard(*this, request.id, watch);
  for (;;) {
    auto turn = co_await take_turn(context, request, watch);
    const bool lasting = !turn.ok() && (!watch->told || !turn.error().retryable);
    if (lasting) co_return turn.error();
    const bool ended = turn.ok() && *turn && tell_news(request, *watch, tell);
    if (ended) co_return Done{};
    milliseconds delay = kAfterFailure;
    if (turn.ok())
      delay = watch->state ? plan::watch_delay(watch->state->seen, watch->state->seen.azure_now) : seconds(1);
    auto waited = co_await wait_for_turn(context.call, watch, delay);
    if (!waited.ok()) co_return waited.error();
  }
}

}  // namespace dev8agent::internal
