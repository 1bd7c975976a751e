// Start: Azure's own start for a stopped group as it stands; a new PUT on the same share when the request
// brings secrets or another value of a field of OnChange::kNewContainer, or when there is no group.
#include <type_traits>
#include <utility>

#include "base/spec_fields.h"
#include "orchestrator/flows.h"
#include "plan/regions.h"
#include "plan/validate.h"

namespace dev8agent::internal {
namespace {

// The environment's facts with what the request changes.
plan::Facts overlay(plan::Facts facts, const StartRequest& request, const std::string& region,
                    const AgentSettings& settings) {
  if (facts.id.empty()) facts.id = request.id;
  if (facts.region.empty()) facts.region = region;
  const std::string owner = facts.user_id;
  for_each_spec_field([&](const auto& field) {
    const auto& change = request.changes.*field.change;
    if (change) facts.*field.member = *change;
  });
  if (facts.image == settings->image) facts.image.reset();
  if (!owner.empty()) facts.user_id = owner;  // a start gives it to nobody else
  if (facts.user_id.empty()) facts.user_id = EnvironmentSpec{}.user_id;
  return facts;
}

// True when they differ in a field whose change means `on_change`.
bool differ(const plan::Facts& a, const plan::Facts& b, OnChange on_change) {
  bool result = false;
  for_each_spec_field([&](const auto& field) {
    result = result || (field.on_change == on_change && a.*field.member != b.*field.member);
  });
  return result;
}

// Sizes that neither Azure nor the request states, as for files that another tool made.
std::vector<FieldError> unknown_sizes(const plan::Facts& facts) {
  std::vector<FieldError> errors;
  for_each_spec_field([&](const auto& field) {
    if constexpr (std::is_same_v<std::decay_t<decltype(facts.*field.member)>, int>) {
      if (facts.*field.member == 0)
        errors.push_back({field.name, "is required: the environment does not record it"});
    }
  });
  return errors;
}

// A start that died may have stored what the container is made of, and not deployed it. Of sizes and owner
// the group's own tags count before the share's metadata, so they show it.
bool has_other_container(const StartRequest& request, const plan::Facts& wanted,
                         const plan::Observation& seen) {
  if (!seen.group) return false;
  const auto& variables = request.changes.environment_variables;
  bool other = variables && seen.group->variables != plan::digest_of(*variables);
  for_each_spec_field([&](const auto& field) {
    if constexpr (std::is_same_v<std::decay_t<decltype(wanted.*field.member)>, std::optional<std::string>>) {
      const bool asked = field.on_change == OnChange::kNewContainer && request.changes.*field.change;
      other = other || (asked && wanted.*field.member != seen.group->facts.*field.member);
    }
  });
  return other;
}

plan::StartGoal goal_of(const StartRequest& request, const FlowState& state, const AgentSettings& settings) {
  plan::StartGoal goal;
  goal.present = plan::facts_of(state.seen);
  if (state.seen.share) goal.stored = state.seen.share->facts;
  goal.wanted = overlay(goal.present, request, state.region->options.name, settings);
  goal.new_container = request.secrets.any() || differ(goal.present, goal.wanted, OnChange::kNewContainer) ||
                       has_other_container(request, goal.wanted, state.seen);
  goal.renamed = differ(goal.present, goal.wanted, OnChange::kLabel) ||
                 differ(goal.present, goal.wanted, OnChange::kFixedLabel);
  goal.unknown_sizes = unknown_sizes(goal.wanted);
  // Whoever writes tags could else choose what is run with the user's secrets.
  if (goal.wanted.image && !plan::allows_image(settings, *goal.wanted.image))
    goal.undeployable = {{"image", plan::image_rule(settings)}};
  return goal;
}

bool names_another_owner(const StartRequest& request, const plan::StartGoal& goal) {
  const std::string& owner = goal.present.user_id;
  return request.changes.user_id && !owner.empty() && *request.changes.user_id != owner;
}

// What a start may not ask for: another owner, or a size above the operator's limit that is not the
// environment's own.
Status check_changes(const StartRequest& request, const plan::StartGoal& goal,
                     const AgentSettings& settings) {
  if (names_another_owner(request, goal))
    return make_error(ErrorCode::kConflict, "environment " + request.id + " belongs to another userId");
  auto too_large = plan::check_changed_sizes(request.changes, goal.present, settings);
  if (!too_large.empty()) return invalid_request(std::move(too_large));
  return Done{};
}

bool changes_environment(const plan::StartGoal& goal) {
  return goal.new_container || goal.renamed;
}

}  // namespace

Task<Result<EnvironmentOutcome>> Flows::start(FlowContext context, std::shared_ptr<StartRequest> request) {
  auto hold = co_await locks_.acquire(context.call, request->id);
  if (!hold.ok()) co_return hold.error();
  InFlightGuard guard(*this, request->id, plan::InFlight::kStart, context.call);
  const plan::Regions regions = plan::regions_to_search(request->cloud_region, settings_);
  auto turn = co_await azure_.region(*regions.front()).beginning.acquire(context.call);
  if (!turn.ok()) co_return turn.error();
  context.report(Stage::kLocating, "");
  auto located = co_await locate_again(context, request->id, regions, AskShare::kAlways);
  if (!located.ok()) co_return located.error();
  if (located->states.empty() && located->kept.empty()) {
    co_return make_error(ErrorCode::kNotFound,
                         "volume not found for environment " + request->id + ". Create environment first.");
  }
  auto found = co_await found_one(*located, request->id);
  if (!found.ok()) co_return found.error();
  FlowStatePtr state = *found;
  // A start that deploys the container again may not rely on what was asked before it, nor on two reads with
  // an update of others between them.
  const bool doubtful = state->recalled || plan::tell_different_things(state->seen);
  if (doubtful && changes_environment(goal_of(*request, *state, settings_))) {
    state->recalled = false;
    auto seen = co_await observe(state);
    if (!seen.ok()) co_return seen.error();
  }
  guard.set_region(state->region->options);
  state->beginning = std::move(*turn);
  state->secrets = std::make_shared<EnvironmentSecrets>(request->secrets.copy());
  guard.set_secrets(state->secrets);
  state->ready.wanted = waits_for_workspace();
  state->own.token = token_of(context, state->region->options.name);
  const plan::StartGoal goal = goal_of(*request, *state, settings_);
  const Status allowed = check_changes(*request, goal, settings_);
  if (!allowed.ok()) co_return allowed.error();
  const Decide decide = [goal, state](const plan::Situation& at) {
    const plan::StartGoal now = plan::with_updates(goal, at.seen);
    plan::Decision next = plan::next_for_start(now, at);
    // Facts of a call that died may stand already when this call comes to its container.
    if (next.ok() && plan::rests_on_new_facts(now, next->step))
      state->rewrite = plan::Rewrite{now.present, now.wanted};
    return next;
  };
  auto ended = co_await run(state, decide);
  if (ended.ok() && !plan::brought_up(state->own)) count_as_use(request->id);
  if (ended.ok()) co_return outcome_of(*state, plan::brought_up(state->own));
  bool clean = false;
  auto failure = co_await fail_with_roll_back(state, ended.error(), &clean);
  co_return failure;
}

}  // namespace dev8agent::internal
