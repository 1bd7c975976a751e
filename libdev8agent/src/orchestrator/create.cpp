// Create: looks for the id everywhere, then share, group, and the wait until the container runs; the next
// region when this one has no room and the caller left the choice open.
#include <algorithm>
#include <utility>

#include "orchestrator/flows.h"
#include "plan/regions.h"

namespace dev8agent::internal {
namespace {

// Limit of the clean-up after a create that has succeeded: its caller is still waiting.
constexpr std::chrono::seconds kCleanUpTime{20};

constexpr std::chrono::seconds kBetweenSearches{2};

plan::Facts facts_wanted(const CreateRequest& request, std::string region, WallTime now) {
  plan::Facts facts(request.spec);
  facts.id = request.id;
  facts.region = std::move(region);
  facts.created_at = now;
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

Task<Result<EnvironmentOutcome>> Flows::create(FlowContext context, std::shared_ptr<CreateRequest> request,
                                               bool fresh_id) {
  auto hold = co_await locks_.acquire(context.call, request->id);
  if (!hold.ok()) co_return hold.error();
  InFlightGuard guard(*this, request->id, plan::InFlight::kCreate, context.call);
  plan::Regions candidates = plan::regions_to_create_in(*request, settings_);
  if (candidates.size() == 1) guard.set_region(*candidates.front());

  // An id names one environment in all regions. One that was made just now is nowhere.
  Located located;
  const TimePoint asked_at = scheduler_->now();
  if (!fresh_id) {
    context.report("locating", "");
    auto found = co_await locate_past_deletion(context, request->id);
    if (!found.ok()) co_return found.error();
    located = std::move(*found);
    const RegionOptions* here = located.states.empty() ? nullptr : &located.states.front()->region->options;
    if (here != nullptr && !prefer(candidates, *here))
      co_return plan::exists_in_other_region(request->id, here->name);
  }

  auto secrets = std::make_shared<EnvironmentSecrets>(request->secrets.copy());
  if (secrets->code_server_password.empty()) secrets->code_server_password = new_password();
  std::vector<std::string> tokens;
  for (std::size_t i = 0;; ++i) {
    const RegionOptions& region = *candidates[i];
    FlowStatePtr state;
    if (i == 0 && !located.states.empty()) {
      state = located.states.front();
    } else {
      state = make_state(context, azure_.region(region), request->id);
      plan::note_group(state->seen, std::nullopt, asked_at);
      state->seen.share_asked_at = asked_at;
    }
    guard.set_region(region);
    state->secrets = secrets;
    state->own.token = token_of(context, region.name);
    state->own.earlier_tokens = tokens;
    tokens.push_back(state->own.token);
    auto outcome =
        co_await create_in(state, facts_wanted(*request, region.name, scheduler_->wall_now()), fresh_id);
    if (outcome.ok()) {
      if (!outcome->changed) count_as_use(request->id);
      for (std::size_t k = 1; k < located.states.size(); ++k)
        co_await remove_leftover_share(located.states[k]);
      co_return outcome;
    }
    const Error error = outcome.error();
    bool clean = false;
    auto failure = co_await fail_with_roll_back(state, error, &clean);
    if (!clean) failure.message += "; delete the environment to remove what is left";
    // Only from a region that was seen clean: what another call has taken over there keeps its place.
    const bool next =
        clean && !state->seen.any() && plan::try_next_region(error) && i + 1 < candidates.size();
    if (!next) co_return failure;
    log(LogLevel::kWarn, "create.failover", *state, {});
  }
}

// A group without its share may be one that was deleted just now, and that a read still shows: then the id is
// looked for again, for as long as an absence takes to be confirmed.
Task<Result<Flows::Located>> Flows::locate_past_deletion(FlowContext context, std::string id) {
  const TimePoint until = scheduler_->now() + plan::kAbsenceSpan;
  for (;;) {
    auto located = co_await locate(context, id, plan::regions_to_search("", settings_), AskShare::kOfGroup);
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

Task<Result<EnvironmentOutcome>> Flows::create_in(FlowStatePtr state, plan::Facts wanted, bool fresh_id) {
  if (!state->seen.group) {
    auto room = co_await quotas_.check_room(state->context.call, state->region->options, wanted.cpu_cores);
    if (!room.ok()) co_return room.error();
  }
  const Decide decide = [wanted = std::move(wanted), fresh_id](const plan::Situation& at) {
    return plan::next_for_create(wanted, fresh_id, at);
  };
  auto ended = co_await run(state, decide);
  if (!ended.ok()) co_return ended.error();
  co_return outcome_of(*state, plan::has_own_group(*state));
}

// A share that an unfinished create of the same id has left in another region goes, if it holds nothing.
Task<Done> Flows::remove_leftover_share(FlowStatePtr state) {
  if (state->seen.group || state->seen.share->token.empty()) co_return Done{};
  auto call = std::make_shared<Call>(*state->context.call);
  call->deadline = std::min(call->deadline, scheduler_->now() + kCleanUpTime);
  state->context.call = call;
  state->own.token = new_token();
  const Decide decide = plan::next_for_take_over;
  auto owned = co_await run(state, decide);
  if (owned.ok()) co_await roll_back(state);
  if (!owned.ok()) log(LogLevel::kWarn, "create.leftovers", *state, {{"error", owned.error().message}});
  co_return Done{};
}

}  // namespace dev8agent::internal
