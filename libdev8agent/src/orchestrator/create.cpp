// Create: looks for the id everywhere, then share, group, and the wait until the container runs; the next
// region when this one has no room and the caller left the choice open.
#include <algorithm>
#include <utility>

#include "orchestrator/flows.h"
#include "plan/names.h"
#include "plan/regions.h"
#include "plan/validate.h"

namespace dev8agent::internal {
namespace {

// Limit of the clean-up after a create that has succeeded: its caller is still waiting.
constexpr std::chrono::seconds kCleanUpTime{20};

constexpr std::chrono::seconds kBetweenSearches{2};

// What is the same in each region.
plan::Facts facts_wanted(EnvironmentSpec spec, std::string id, const AgentSettings& settings) {
  plan::Facts facts(std::move(spec));
  facts.layout = settings->workspace_layout;
  if (facts.image == settings->image) facts.image.reset();
  facts.id = std::move(id);
  return facts;
}

// Puts the region where the id was found first. False: a create may not use that region.
bool prefer(plan::Regions& candidates, const RegionOptions& region) {
  const auto place = std::find(candidates.begin(), candidates.end(), &region);
  if (place == candidates.end()) return false;
  std::rotate(candidates.begin(), place, place + 1);
  return true;
}

}  // namespace

// Where the id is. An id that was made just now is nowhere. `ask` says whether a share alone counts, which
// the create's own write finds else. Puts the region where it was found at the front of `candidates`, which
// must outlive the task.
Task<Result<Flows::Located>> Flows::locate_for_create(FlowContext context, std::string id, bool fresh_id,
                                                      AskShare ask, plan::Regions* candidates) {
  if (fresh_id) co_return Located{};
  context.report(Stage::kLocating, "");
  auto found = co_await locate_past_deletion(context, id, ask);
  if (!found.ok()) co_return found;
  if (found->states.empty() && !found->kept.empty()) {
    auto there = co_await found_one(*found, id);
    if (!there.ok() && there.error().code != ErrorCode::kNotFound) co_return there.error();
    if (there.ok()) found->states.push_back(*there);
    std::erase_if(found->kept, [](const FlowStatePtr& state) { return !plan::is_kept(state->seen); });
  }
  if (!found->kept.empty() || found->states.empty()) co_return found;
  // An id names one environment in all regions.
  const RegionOptions& here = found->states.front()->region->options;
  if (!prefer(*candidates, here)) co_return plan::exists_in_other_region(id, here.name);
  co_return found;
}

// The state of a create in a region where nothing was found by a question that was sent at `asked_at`.
FlowStatePtr Flows::state_of_nothing(FlowContext context, const RegionOptions& region, std::string id,
                                     TimePoint asked_at) {
  FlowStatePtr state = make_state(std::move(context), azure_.region(region), std::move(id));
  plan::note_group(state->seen, std::nullopt, asked_at);
  state->seen.share_asked_at = asked_at;
  return state;
}

Task<Result<EnvironmentOutcome>> Flows::create(FlowContext context, std::shared_ptr<CreateRequest> request,
                                               bool fresh_id) {
  auto work = std::make_unique<CreateWork>();
  work->context = std::move(context);
  work->request = std::move(request);
  work->fresh_id = fresh_id;
  return run_create(std::move(work));
}

// While it waits for its container it holds this frame and the work alone, because thousands may wait.
Task<Result<EnvironmentOutcome>> Flows::run_create(std::unique_ptr<CreateWork> work) {
  for (;;) {
    auto ended = co_await go_on_with_create(work.get());
    if (ended) {
      work.reset();  // gives the id back before anybody hears of the end
      co_return std::move(*ended);
    }
    const RegionServices& region = *work->state->region;
    Watcher::Wait look(watcher_of(region), work->context.call, pack(*work, region), work->poll->due);
    auto read = co_await look;
    unpack(*work, read.ok());
    work->read.emplace(std::move(read));
  }
}

// Packs what the create knows, where many wait. The name of the group that it waits for.
std::string Flows::pack(CreateWork& work, const RegionServices& region) {
  std::string name = plan::names_of(work.state->id).container_group;
  if (many_wait(region)) work.packed = PackedFlow::take(work.state, work.wanted);
  return name;
}

// `saw_group`: the wait has brought another look at the group.
void Flows::unpack(CreateWork& work, bool saw_group) {
  if (!work.packed) return;
  const auto with_group = saw_group ? plan::WithGroup::kNo : plan::WithGroup::kYes;
  work.state = std::move(*work.packed).restore(work.context, work.secrets, work.wanted, with_group);
  work.packed.reset();
}

// Finds out where the id is, and takes out of the request what the create needs.
Task<Status> Flows::prepare_create(CreateWork* work) {
  const CallPtr& call = work->context.call;
  const std::shared_ptr<CreateRequest> request = std::move(work->request);
  auto lock = co_await locks_.acquire(call, request->id);
  if (!lock.ok()) co_return lock.error();
  work->lock.emplace(std::move(*lock));
  work->guard.emplace(*this, request->id, plan::InFlight::kCreate, call);
  work->candidates = plan::regions_to_create_in(*request, settings_);
  const RegionOptions& first = *work->candidates.front();
  if (work->candidates.size() == 1) work->guard->set_region(first);
  auto turn = co_await azure_.region(first).beginning.acquire(call);
  if (!turn.ok()) co_return turn.error();
  work->turn = std::move(*turn);
  work->asked_at = scheduler_->now();
  work->too_large = plan::check_new_sizes(request->spec, settings_);
  // Where a create of the share is no refusal of one that is there, it relies on the answer.
  const bool asks_always =
      !work->too_large.empty() || azure_.region(first).shares.create_may_change_existing();
  const AskShare ask = asks_always ? AskShare::kAlways : AskShare::kOfGroup;
  auto located =
      co_await locate_for_create(work->context, request->id, work->fresh_id, ask, &work->candidates);
  if (!located.ok()) co_return located.error();
  if (!located->kept.empty()) co_return plan::files_are_kept(*located->kept.front(), request->spec.user_id);
  if (located->states.empty() && !work->too_large.empty()) co_return invalid_request(work->too_large);
  work->found = std::move(located->states);

  work->secrets = std::make_shared<EnvironmentSecrets>(std::move(request->secrets));
  Secret& password = work->secrets->code_server_password;
  if (password.empty()) password = new_password();
  work->guard->set_secrets(work->secrets);
  work->wanted = facts_wanted(std::move(request->spec), std::move(request->id), settings_);
  enter_region(*work);
  co_return Done{};
}

// Begins with the next of the candidates.
void Flows::enter_region(CreateWork& work) {
  const FlowStatePtr before = std::move(work.state);
  const RegionOptions& region = *work.candidates[work.entered++];
  const bool found_here = !before && !work.found.empty();
  work.state = found_here ? std::move(work.found.front())
                          : state_of_nothing(work.context, region, work.wanted->id, work.asked_at);
  work.guard->set_region(region);
  FlowState& state = *work.state;
  state.beginning = std::move(work.turn);
  state.secrets = work.secrets;
  state.ready.wanted = waits_for_workspace();
  state.own.token = token_of(work.context, region.name);
  if (before) {
    state.own.earlier_tokens = std::move(before->own.earlier_tokens);
    state.own.earlier_tokens.push_back(before->own.token);
  }
  work.wanted->region = region.name;
  work.wanted->created_at = scheduler_->wall_now();
}

// From region to region, until the create has ended or waits for its container (work->poll).
Task<std::optional<Result<EnvironmentOutcome>>> Flows::go_on_with_create(CreateWork* work) {
  if (work->request) {
    auto prepared = co_await prepare_create(work);
    if (!prepared.ok()) co_return std::optional(Result<EnvironmentOutcome>(prepared.error()));
  }
  for (;;) {
    auto ended = co_await create_in(work);
    if (!ended) co_return std::nullopt;
    work->state->beginning.release();
    if (ended->ok()) {
      if ((*ended)->changed) {
        succeeded_.note(work->state->own.token);
      } else {
        count_as_use(work->wanted->id);
      }
      co_await remove_leftover_shares(std::move(work->found));
      co_return ended;
    }
    const bool last = work->entered == work->candidates.size();
    bool go_on = false;
    auto failed = co_await fail_in_region(work->state, std::move(*ended), last, &go_on);
    if (!go_on) co_return std::optional(std::move(failed));
    enter_region(*work);
  }
}

// Rolls the create in one region back, which has `failed`. The error for the caller; `go_on` (must outlive
// the task): the next region is to be tried instead.
Task<Result<EnvironmentOutcome>> Flows::fail_in_region(FlowStatePtr state, Result<EnvironmentOutcome> failed,
                                                       bool last, bool* go_on) {
  const Error error = std::move(failed).error();
  bool clean = false;
  auto failure = co_await fail_with_roll_back(state, error, &clean);
  if (!clean) failure.message += "; delete the environment to remove what is left";
  // Only from a region that was seen clean: what another call has taken over there keeps its place.
  *go_on = clean && !state->seen.any() && plan::try_next_region(error) && !last;
  if (*go_on) log(LogLevel::kWarn, "create.failover", *state, {});
  co_return failure;
}

// A group without its share may be one that was deleted just now, and that a read still shows: then the id is
// looked for again, for as long as an absence takes to be confirmed.
Task<Result<Flows::Located>> Flows::locate_past_deletion(FlowContext context, std::string id, AskShare ask) {
  const TimePoint until = scheduler_->now() + plan::kAbsenceSpan;
  for (;;) {
    auto located = co_await locate(context, id, plan::regions_to_search("", settings_), ask);
    if (!located.ok()) co_return located.error();
    if (located->failure) co_return *located->failure;
    const auto& states = located->states;
    const bool without_share = std::any_of(states.begin(), states.end(),
                                           [](const FlowStatePtr& state) { return !state->seen.share; });
    if (!without_share || scheduler_->now() >= until) co_return located;
    auto waited = co_await pause(context.call, kBetweenSearches);
    if (!waited.ok()) co_return waited.error();
  }
}

// Nothing: it waits for its container, as work->poll says, and goes on with work->read.
Task<std::optional<Result<EnvironmentOutcome>>> Flows::create_in(CreateWork* work) {
  using Ended = std::optional<Result<EnvironmentOutcome>>;
  FlowStatePtr state = work->state;
  if (work->poll) {
    auto seen = co_await end_poll(state, *work->poll, std::move(*work->read));
    work->poll.reset();
    work->read.reset();
    if (!seen.ok()) co_return Ended(seen.error());
  } else if (!state->seen.group) {
    auto room =
        co_await quotas_.check_room(state->context.call, state->region->options, work->wanted->cpu_cores);
    if (!room.ok()) co_return Ended(room.error());
  }
  const Decide decide = [work](const plan::Situation& at) {
    return plan::next_for_create(*work->wanted, work->fresh_id, at, work->too_large);
  };
  auto next = co_await run_to_wait(state, decide);
  if (!next.ok()) co_return Ended(next.error());
  if (next->step == plan::Step::kWait) {
    work->poll.emplace(begin_wait(*state, *next));
    co_return std::nullopt;
  }
  co_return Ended(outcome_of(*state, plan::has_own_group(*state)));
}

// `states`: of all regions with something of the id. The first is the environment's own, and not looked at.
Task<Done> Flows::remove_leftover_shares(std::vector<FlowStatePtr> states) {
  for (std::size_t i = 1; i < states.size(); ++i) co_await remove_leftover_share(states[i]);
  co_return Done{};
}

// A share that an unfinished create of the same id has left in another region goes, if it holds nothing.
Task<Done> Flows::remove_leftover_share(FlowStatePtr state) {
  if (state->seen.group || state->seen.share->token.empty()) co_return Done{};
  auto call = std::make_shared<Call>(*state->context.call);
  call->deadline = std::min(call->deadline, scheduler_->now() + kCleanUpTime);
  call->listener = std::make_shared<WithoutAnswers>(call->listener);
  state->context.call = call;
  state->own.token = new_token();
  const Decide decide = plan::next_for_take_over;
  auto owned = co_await run(state, decide);
  std::string failure = owned.ok() ? "" : owned.error().message;
  if (owned.ok()) {
    auto removed = co_await roll_back(state);
    if (removed.outcome == RollBack::kIncomplete) failure = removed.reason;
  }
  if (!failure.empty()) log(LogLevel::kWarn, "create.leftovers", *state, {{"error", failure}});
  co_return Done{};
}

}  // namespace dev8agent::internal
