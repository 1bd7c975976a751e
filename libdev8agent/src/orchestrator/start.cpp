// Start: Azure's own start for a stopped group as it stands; a new PUT on the same share when the request
// brings secrets or other sizes, or when there is no group.
#include <utility>

#include "orchestrator/flows.h"
#include "plan/regions.h"

namespace dev8agent {
namespace {

// The environment's facts with what the request changes.
plan::Facts overlay(plan::Facts facts, const StartRequest& request, const std::string& region) {
  if (facts.id.empty()) facts.id = request.id;
  if (facts.region.empty()) facts.region = region;
  if (facts.user_id.empty()) facts.user_id = request.user_id.value_or("default-user");
  if (request.name) facts.name = *request.name;
  if (request.cpu_cores) facts.cpu_cores = *request.cpu_cores;
  if (request.memory_gb) facts.memory_gb = *request.memory_gb;
  if (request.storage_gb) facts.storage_gb = *request.storage_gb;
  if (request.base_image) facts.base_image = *request.base_image;
  return facts;
}

bool other_sizes(const plan::Facts& a, const plan::Facts& b) {
  return a.cpu_cores != b.cpu_cores || a.memory_gb != b.memory_gb || a.storage_gb != b.storage_gb;
}

// Sizes that neither Azure nor the request states, as for files that another tool made.
std::vector<FieldError> unknown_sizes(const plan::Facts& facts) {
  std::vector<FieldError> errors;
  const auto need = [&](int value, const char* field) {
    if (value == 0) errors.push_back({field, "is required: the environment does not record it"});
  };
  need(facts.cpu_cores, "cpuCores");
  need(facts.memory_gb, "memoryGB");
  need(facts.storage_gb, "storageGB");
  return errors;
}

plan::StartGoal goal_of(const StartRequest& request, const FlowState& state) {
  plan::StartGoal goal;
  goal.present = plan::facts_of(state.seen);
  goal.wanted = overlay(goal.present, request, state.region->options.name);
  goal.new_container = request.secrets.any() || other_sizes(goal.present, goal.wanted);
  goal.renamed = goal.present.name != goal.wanted.name || goal.present.base_image != goal.wanted.base_image;
  goal.unknown_sizes = unknown_sizes(goal.wanted);
  return goal;
}

}  // namespace

Task<Result<EnvironmentOutcome>> Flows::start(FlowContext context, std::shared_ptr<StartRequest> request) {
  auto hold = co_await locks_.acquire(context.call, request->id);
  if (!hold.ok()) co_return hold.error();
  InFlightGuard guard(*this, request->id, plan::InFlight::kStart, context.call);
  context.report("locating", "");
  auto located =
      co_await locate(context, request->id, plan::regions_to_search(request->cloud_region, settings_));
  if (!located.ok()) co_return located.error();
  if (located->states.empty()) {
    co_return make_error(ErrorCode::kNotFound,
                         "volume not found for environment " + request->id + ". Create environment first.");
  }
  FlowStatePtr state = located->states.front();
  guard.set_region(state->region->options.name);
  state->secrets = std::make_shared<EnvironmentSecrets>(request->secrets.copy());
  state->own.token = token_of(context, state->region->options.name);
  const plan::StartGoal goal = goal_of(*request, *state);
  if (request->user_id && !goal.present.user_id.empty() && *request->user_id != goal.present.user_id) {
    co_return make_error(ErrorCode::kConflict, "environment " + request->id + " belongs to another userId");
  }
  const Decide decide = [goal, state](const plan::Situation& at) {
    plan::Decision next = plan::next_for_start(goal, at);
    // Facts of a call that died may stand already when this call comes to its container.
    if (next.ok() && plan::rests_on_new_facts(goal, next->step)) state->rewrite = {goal.present, goal.wanted};
    return next;
  };
  auto ended = co_await run(state, decide);
  if (ended.ok()) co_return outcome_of(*state, plan::brought_up(state->own));
  bool clean = false;
  auto failure = co_await fail_with_roll_back(state, ended.error(), &clean);
  co_return failure;
}

}  // namespace dev8agent
