// Observations: what Azure shows of one environment in one region, and the waits between them.
#include <algorithm>

#include "base/text.h"
#include "orchestrator/flows.h"
#include "plan/names.h"
#include "plan/packed_observation.h"
#include "plan/poll.h"
#include "plan/regions.h"
#include "plan/tls_sidecar.h"

namespace dev8agent::internal {
namespace {

constexpr std::chrono::seconds kLastPoll{1};    // before the deadline
constexpr std::chrono::seconds kLeastDelay{1};  // between polls, also when Azure says Retry-After: 0

// When an operation is read although its group looks well.
constexpr int kFirstPolls = 30;                             // of its flow, before the first such read
constexpr std::chrono::seconds kBetweenOperationReads{10};  // between those of all flows
constexpr std::chrono::seconds kBetweenWithoutSpare{300};   // the same while each delays the next look

// From so many on, memory counts for more than the instructions of packing.
constexpr std::size_t kManyWait = 100;

// Regions may share a storage account and a resource group. A share belongs where its group is, or where its
// facts say: here, in another enabled region, which answers for it itself, or at a place that is not enabled.
enum class Place { kHere, kOtherRegion, kUnknown };

Place place_of(const FlowState& state,
               const std::map<std::string, std::unique_ptr<RegionServices>>& enabled) {
  if (state.seen.group) return Place::kHere;
  const std::string named = plan::facts_of(state.seen).region;
  const bool other_named = !named.empty() && named != state.region->options.name;
  if (other_named) return enabled.contains(named) ? Place::kOtherRegion : Place::kUnknown;
  if (!state.other_location) return Place::kHere;
  const bool known = std::any_of(enabled.begin(), enabled.end(), [&](const auto& region) {
    return same_location(region.second->options.location, *state.other_location);
  });
  if (!known) return Place::kUnknown;
  return named.empty() ? Place::kOtherRegion : Place::kHere;
}

Error in_disabled_region(const FlowState& state) {
  std::string where = state.other_location ? *state.other_location : "";
  if (where.empty()) where = plan::facts_of(state.seen).region;
  return make_error(ErrorCode::kConflict, "environment " + state.id + " is in region " + where +
                                              ", which is not enabled; nothing was changed");
}

// Another user's environment, for a call that sees one user's alone.
bool is_hidden(const FlowState& state) {
  const auto& user = state.context.call->only_user;
  return user && plan::facts_of(state.seen).user_id != *user;
}

// A group that this call has rolled back there, and that a read still shows.
bool is_own_past(const FlowState& other, const std::vector<std::string>& earlier_tokens) {
  if (other.seen.share || !other.seen.group) return false;
  const auto& tokens = earlier_tokens;
  return std::find(tokens.begin(), tokens.end(), other.seen.group->token) != tokens.end();
}

// The states by the value of one option of their regions, in the order of the states.
std::vector<std::vector<FlowStatePtr>> by_option(const std::vector<FlowStatePtr>& states,
                                                 std::string RegionOptions::*option) {
  std::vector<std::vector<FlowStatePtr>> parts;
  for (const FlowStatePtr& state : states) {
    auto place = std::find_if(parts.begin(), parts.end(), [&](const auto& part) {
      return equal_ignoring_case(part.front()->region->options.*option, state->region->options.*option);
    });
    if (place == parts.end()) place = parts.emplace(place);
    place->push_back(state);
  }
  return parts;
}

// Tells that the next read comes at `due`, when a read that failed asks for so long a wait. True when it did.
bool tell_of_wait(const FlowState& state, TimePoint due) {
  const FollowedOperation& operation = state.operation;
  const Call& call = *state.context.call;
  if (!operation.failure || !operation.retry_after || !call.listener) return false;
  call.tell_retry(Retry{operation.failure->code, operation.failure->message, 2, due});
  return true;
}

}  // namespace

FlowStatePtr Flows::make_state(FlowContext context, RegionServices& region, std::string id) {
  auto state = std::make_shared<FlowState>();
  state->context = std::move(context);
  state->region = &region;
  state->id = std::move(id);
  state->seen.azure_now = scheduler_->wall_now();
  state->keeps_certificates = plan::keeps_certificates(settings_);
  return state;
}

void Flows::note_read(FlowState& state, azure::GroupRead read) {
  wake_watches(state, read, nullptr);
  enter_read(state, std::move(read));
}

void Flows::enter_read(FlowState& state, azure::GroupRead read) {
  state.recalled = false;
  state.other_location.reset();
  // A resource group serves several regions; a group of this name at another location is not this one.
  if (read.group && !same_location(read.group->location, state.region->options.location)) {
    state.other_location = read.group->location;
    read.group.reset();
  }
  reads_.note_group(key_of(state), read, scheduler_->now());
  show_group(state, std::move(read));
}

void Flows::show_group(FlowState& state, azure::GroupRead read) const {
  state.seen.azure_now = read.shown_at;
  state.seen.latest_run = reads_.latest_run(key_of(state), scheduler_->now());
  plan::note_group(state.seen, std::move(read.group), read.asked_at);
}

void Flows::note_share(FlowState& state, azure::ShareRead read) {
  reads_.note_share(key_of(state), read, scheduler_->now());
  show_share(state, std::move(read));
}

void Flows::show_share(FlowState& state, azure::ShareRead read) const {
  state.own.share_unread = false;
  state.seen.share_asked_at = read.asked_at;
  state.seen.share.reset();
  state.seen.content = plan::ShareContent::kNotInspected;
  // Who deletes the files deletes the certificates' share, too.
  if (!read.share) state.own.certificates_ready = false;
  if (read.share) state.seen.share = plan::see_share(std::move(*read.share));
}

Task<Status> Flows::observe_group(FlowStatePtr state) {
  return observe_group_for({std::move(state)});
}

Task<Status> Flows::observe_share(FlowStatePtr state) {
  return observe_share_for({std::move(state)});
}

// Group and share side by side.
Task<Status> Flows::observe(FlowStatePtr state) {
  std::vector<Task<Status>> reads;
  reads.push_back(observe_group(state));
  reads.push_back(observe_share(state));
  auto results = co_await when_all(std::move(reads));
  for (Status& result : results) {
    if (!result.ok()) co_return result.error();
  }
  co_return Done{};
}

// What Azure's time depends on: how the container comes up, where, and from which image.
std::string Flows::wait_kind(const FlowState& state) const {
  const bool starts = state.own.group_start == plan::Sent::kAccepted;
  return std::string(starts ? "start" : "deploy") + "/" + state.region->options.name + "/" + settings_->image;
}

std::chrono::milliseconds Flows::between_looks(const FlowState& state, TimePoint last_look) {
  if (!plan::brought_up(state.own)) return plan::Patience::kUsual;
  const auto passed = last_look - state.own.group_written_at;
  return patience_.between_looks(wait_kind(state),
                                 std::chrono::duration_cast<std::chrono::milliseconds>(passed),
                                 polling_.has_spare(scheduler_->now()));
}

void Flows::learn_duration(const FlowState& state) {
  const bool runs = state.seen.group && plan::phase_of(state).phase == plan::Phase::kRunning;
  if (!runs || !plan::brought_up(state.own)) return;
  // Until the question, as between_looks() counts.
  const auto taken = std::max(state.seen.group_asked_at - state.own.group_written_at, TimePoint::duration{});
  patience_.note(wait_kind(state), std::chrono::duration_cast<std::chrono::milliseconds>(taken));
}

bool Flows::many_wait(const RegionServices& region) {
  return watcher_of(region).waiting() >= kManyWait;
}

// Waits for the watcher's next read of the group.
Task<Status> Flows::wait_for_read(FlowStatePtr state, Poll poll) {
  std::optional<plan::PackedObservation> packed;
  if (many_wait(*state->region)) packed.emplace(state->seen);
  Watcher::Wait look(watcher_of(*state->region), state->context.call,
                     plan::names_of(state->id).container_group, poll.due);
  auto read = co_await look;
  if (packed) packed->unpack_into(state->seen, read.ok() ? plan::WithGroup::kNo : plan::WithGroup::kYes);
  auto seen = co_await end_poll(state, poll, std::move(read));
  co_return seen;
}

Flows::Poll Flows::begin_poll(FlowState& state) {
  state.beginning.release();
  FollowedOperation& operation = state.operation;
  const TimePoint now = scheduler_->now();
  // The last poll is just before the deadline; Azure's own delay is obeyed whatever it costs.
  const TimePoint last = std::max(now, state.context.call->deadline - kLastPoll);
  // A slow answer does not make looks rarer: the delay counts from the question before.
  const TimePoint last_look = operation.polls == 0 ? now : state.seen.group_asked_at;
  const auto delay = plan::poll_delay(operation.polls, between_looks(state, last_look));
  const auto due = std::max(now, last_look + std::max(delay, operation.least_delay));
  Poll poll{std::min(due, last)};
  if (operation.retry_after)
    poll.due = now + std::max<std::chrono::nanoseconds>(*operation.retry_after, kLeastDelay);
  ++operation.polls;
  poll.told = tell_of_wait(state, poll.due);
  operation.retry_after.reset();
  operation.failure.reset();
  return poll;
}

Flows::Poll Flows::begin_wait(FlowState& state, const plan::Next& next) {
  state.ready.answered = false;
  if (!next.detail.empty()) state.context.report(plan::stage_of_wait(state), next.detail);
  return begin_poll(state);
}

bool Flows::take_operation_read(FlowState& state) {
  FollowedOperation& operation = state.operation;
  if (operation.url.empty()) return false;
  if (!state.seen.group || plan::phase_of(state).phase == plan::Phase::kFailed) return true;
  // Thousands may wait, each with an operation of its own. Whoever had a turn waits ever longer for the next
  // one, so that all have theirs.
  const TimePoint now = scheduler_->now();
  const bool due = operation.polls >= 2 * operation.polls_when_read + kFirstPolls;
  const auto between = polling_.has_spare(now) ? kBetweenOperationReads : kBetweenWithoutSpare;
  if (!due || now < operation_read_at_ + between || polling_.held_until(now)) return false;
  operation_read_at_ = now;
  polling_.charge(1);
  operation.polls_when_read = operation.polls;
  return true;
}

Task<Status> Flows::end_poll(FlowStatePtr state, Poll poll, Result<azure::GroupRead> read) {
  if (!read.ok()) co_return read.error();
  if (poll.told) state->context.call->tell_retry(std::nullopt);
  note_read(*state, std::move(*read));
  if (take_operation_read(*state)) {
    auto followed = co_await follow_operation(state);
    if (!followed.ok()) co_return followed;
  }
  if (state->seen.group) co_return Done{};
  // Whoever deleted the group may have gone on to the share.
  auto share = co_await observe_share(state);
  co_return share;
}

// Reads the operation, once, for what the group does not tell: why it failed.
Task<Status> Flows::follow_operation(FlowStatePtr state) {
  FollowedOperation& operation = state->operation;
  auto status = co_await azure_.groups().operation(state->context.call, operation.url.text());
  if (!status.ok()) {
    const Error& error = status.error();
    if (error.code == ErrorCode::kCancelled || error.code == ErrorCode::kTimeout) co_return error;
    const bool lost = error.azure_status == 403 || error.azure_status == 404;
    if (error.retryable && !lost) {
      operation.retry_after = error.retry_after;
      operation.failure = error;
      state->context.call->note_failure(error);
    } else {
      operation.url.clear();  // expired, or this identity may not read it: the group shows what became of it
    }
    co_return Done{};
  }
  if (status->phase == azure::OperationPhase::kRunning) {
    operation.retry_after = status->retry_after;
    co_return Done{};
  }
  operation.url.clear();
  if (status->phase == azure::OperationPhase::kFailed) state->deployment_error = std::move(status->error);
  co_return Done{};
}

// One list, and one read at least kAbsenceSpan after the first one that found no group.
Task<Status> Flows::confirm_absence(FlowStatePtr state) {
  const std::string name = plan::names_of(state->id).container_group;
  auto shared = co_await lists_.next(state->context.call, state->region->options.resource_group);
  if (!shared.ok()) co_return shared.error();
  const SharedList& groups = **shared;
  const auto found = groups.by_name.find(to_lower(name));
  const bool listed = found != groups.by_name.end() &&
                      same_location(found->second->location, state->region->options.location);
  if (!listed) state->seen.absence.not_listed_asked = groups.list.asked_at;
  const TimePoint first = state->seen.absence.first_asked.value_or(groups.list.asked_at);
  if (const auto left = first + plan::kAbsenceSpan - scheduler_->now(); left.count() > 0) {
    auto waited = co_await pause(state->context.call, left);
    if (!waited.ok()) co_return waited.error();
  } else if (listed) {
    auto waited = co_await pause(state->context.call, kLeastDelay);
    if (!waited.ok()) co_return waited.error();
  }
  auto seen = co_await observe(state);
  co_return seen;
}

// Unknown is recorded as unknown. A share that no longer exists is observed again.
Task<Status> Flows::inspect_share(FlowStatePtr state) {
  const plan::ResourceNames names = plan::names_of(state->id);
  const std::string& inspected = state->certificates ? names.certificate_share : names.file_share;
  auto empty = co_await state->region->shares.is_empty(state->context.call, inspected);
  if (empty.ok()) {
    state->seen.content = *empty ? plan::ShareContent::kEmpty : plan::ShareContent::kHoldsFiles;
    co_return Done{};
  }
  const ErrorCode code = empty.error().code;
  if (code == ErrorCode::kCancelled || code == ErrorCode::kTimeout) co_return empty.error();
  if (code == ErrorCode::kNotFound && state->certificates) {
    state->own.certificates_delete = plan::Sent::kAccepted;  // by whoever was first
    co_return Done{};
  }
  if (code == ErrorCode::kNotFound) {
    auto seen = co_await observe(state);
    co_return seen;
  }
  state->seen.content = plan::ShareContent::kUnknown;
  co_return Done{};
}

// Two processes may create one id at the same time. In two regions, each creates its share first and asks
// about the other regions then, so at least one of them finds the other, and whoever does gives way. In one
// region, the create whose ownership token the share carries goes on, and the other waits for it.
Task<Status> Flows::check_other_regions(FlowStatePtr state) {
  plan::Regions others = plan::regions_to_search("", settings_);
  // Azure Files creates a name once in an account. So when Azure has accepted this call's PUT of the share,
  // no other region of the same place has the id.
  const bool created = state->own.share_put == plan::Sent::kAccepted;
  std::erase_if(others, [&](const RegionOptions* other) {
    return other == &state->region->options ||
           (created && plan::share_one_place(*other, state->region->options));
  });
  if (!others.empty()) {
    auto share = co_await observe_share(state);
    if (!share.ok()) co_return share;
    auto located = co_await locate(state->context, state->id, others);
    if (!located.ok()) co_return located.error();
    if (located->failure) co_return *located->failure;
    if (!located->kept.empty())
      co_return plan::files_are_kept(*located->kept.front(), plan::facts_of(state->seen).user_id);
    for (const FlowStatePtr& other : located->states) {
      if (is_own_past(*other, state->own.earlier_tokens)) continue;
      Error error = plan::exists_in_other_region(state->id, other->region->options.name);
      error.retryable = true;
      co_return error;
    }
  }
  state->seen.other_regions_clear = true;
  co_return Done{};
}

// One question for regions that share a resource group.
Task<Status> Flows::observe_group_for(std::vector<FlowStatePtr> states) {
  const FlowStatePtr& first = states.front();
  auto read = co_await azure_.groups().get(first->context.call, first->region->options.resource_group,
                                           plan::names_of(first->id).container_group);
  if (!read.ok()) co_return read.error();
  for (const FlowStatePtr& state : states) note_read(*state, *read);
  co_return Done{};
}

// One question for regions that share a storage account.
Task<Status> Flows::observe_share_for(std::vector<FlowStatePtr> states) {
  const FlowStatePtr& first = states.front();
  auto read = co_await first->region->shares.get(first->context.call, plan::names_of(first->id).file_share);
  if (!read.ok()) co_return read.error();
  for (const FlowStatePtr& state : states) note_share(*state, *read);
  co_return Done{};
}

// The group first: its share is a question of its own only where `share` says so. The states are of regions
// that share one place.
Task<Status> Flows::observe_as_needed(std::vector<FlowStatePtr> states, AskShare share) {
  auto group = co_await observe_group_for(states);
  if (!group.ok()) co_return group;
  const auto shown = std::find_if(states.begin(), states.end(),
                                  [](const FlowStatePtr& at) { return at->seen.group.has_value(); });
  const FlowStatePtr& state = shown == states.end() ? states.front() : *shown;
  const bool ask = state->seen.group ? share == AskShare::kOfGroup || !plan::tells_all(*state->seen.group)
                                     : share == AskShare::kWithoutGroup;
  if (!ask) co_return Done{};
  auto seen = co_await observe_share_for(states);
  co_return seen;
}

// Every state's group and share side by side, each resource group and storage account asked once. The answer
// of a state: an error when one of its questions failed.
Task<std::vector<Status>> Flows::observe_all(std::vector<FlowStatePtr> states) {
  std::vector<std::vector<FlowStatePtr>> groups = by_option(states, &RegionOptions::resource_group);
  std::vector<std::vector<FlowStatePtr>> shares = by_option(states, &RegionOptions::storage_account);
  std::vector<Task<Status>> reads;
  for (const auto& sharing : groups) reads.push_back(observe_group_for(sharing));
  for (const auto& sharing : shares) reads.push_back(observe_share_for(sharing));
  auto results = co_await when_all(std::move(reads));
  std::vector<std::vector<FlowStatePtr>> asked = std::move(groups);
  asked.insert(asked.end(), shares.begin(), shares.end());
  std::vector<Status> outcomes(states.size(), Status(Done{}));
  for (std::size_t i = 0; i < asked.size(); ++i) {
    if (results[i].ok()) continue;
    for (const FlowStatePtr& state : asked[i]) {
      const auto place = std::find(states.begin(), states.end(), state) - states.begin();
      outcomes[static_cast<std::size_t>(place)] = results[i].error();
    }
  }
  co_return outcomes;
}

Task<Result<Flows::Located>> Flows::locate(FlowContext context, std::string id, plan::Regions regions,
                                           AskShare share) {
  std::vector<FlowStatePtr> states;
  for (const RegionOptions* region : regions)
    states.push_back(make_state(context, azure_.region(*region), id));
  std::vector<Status> results;
  // A share alone names the region of an environment, so a search of several regions may need it.
  const bool as_needed = states.size() == 1 ? share != AskShare::kAlways : share == AskShare::kWithoutGroup;
  if (as_needed && plan::share_one_place(regions)) {
    auto seen = co_await observe_as_needed(states, share);
    results.assign(states.size(), seen);
  } else {
    results = co_await observe_all(states);
  }
  Located located;
  for (std::size_t i = 0; i < states.size(); ++i) {
    if (!results[i].ok()) {
      located.failure = results[i].error();
      continue;
    }
    if (!states[i]->seen.any() || is_hidden(*states[i])) continue;
    const auto place = place_of(*states[i], azure_.regions());
    const bool kept = plan::is_kept(states[i]->seen);
    if (place == Place::kHere) (kept ? located.kept : located.states).push_back(states[i]);
    if (place == Place::kUnknown) located.in_disabled_region = in_disabled_region(*states[i]);
  }
  // Where the container is, the environment is; a share alone may be what a process that died has left.
  std::stable_partition(located.states.begin(), located.states.end(),
                        [](const FlowStatePtr& state) { return state->seen.group.has_value(); });
  if (located.states.empty() && located.failure) co_return *located.failure;
  if (located.states.empty() && located.in_disabled_region) co_return *located.in_disabled_region;
  co_return located;
}

// The mark on the files may be older than a container that a lagging read does not show.
Task<Result<FlowStatePtr>> Flows::found_one(Located located, std::string id) {
  if (!located.states.empty()) co_return located.states.front();
  for (const FlowStatePtr& state : located.kept) {
    while (plan::is_kept(state->seen) && !plan::absence_is_confirmed(state->seen, scheduler_->now())) {
      auto looked = co_await confirm_absence(state);
      if (!looked.ok()) co_return looked.error();
    }
    const bool there = state->seen.any() && !plan::is_kept(state->seen);
    if (there && !is_hidden(*state)) co_return state;
  }
  std::erase_if(located.kept, [](const FlowStatePtr& state) { return !plan::is_kept(state->seen); });
  co_return not_there(located, id);
}

Task<Result<Flows::Located>> Flows::locate_again(FlowContext context, std::string id, plan::Regions regions,
                                                 AskShare share) {
  const TimePoint now = scheduler_->now();
  for (const RegionOptions* region : regions) {
    FlowStatePtr state = make_state(context, azure_.region(*region), id);
    auto group = reads_.group(key_of(*state), now);
    auto files = reads_.share(key_of(*state), now);
    if (!group || (!files && share == AskShare::kAlways)) continue;
    show_group(*state, std::move(*group));
    if (files) show_share(*state, std::move(*files));
    if (is_hidden(*state)) continue;
    state->recalled = true;
    Located located;
    located.states.push_back(std::move(state));
    co_return located;
  }
  auto located = co_await locate(context, id, regions, share);
  co_return located;
}

}  // namespace dev8agent::internal
