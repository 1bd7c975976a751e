// Update: what is only stored and shown of an environment is changed.
#include "orchestrator/flows.h"
#include "plan/regions.h"

namespace dev8agent::internal {

Task<Result<Environment>> Flows::update(FlowContext context, std::shared_ptr<UpdateRequest> request) {
  auto hold = co_await locks_.acquire(context.call, request->id);
  if (!hold.ok()) co_return hold.error();
  InFlightGuard guard(*this, request->id, plan::InFlight::kNothing, context.call);
  context.report(Stage::kLocating, "");
  auto located = co_await locate(
      context, request->id, plan::regions_to_search(request->cloud_region, settings_), AskShare::kAlways);
  if (!located.ok()) co_return located.error();
  auto found = co_await found_one(*located, request->id);
  if (!found.ok()) co_return found.error();
  FlowStatePtr state = *found;
  guard.set_region(state->region->options);
  if (plan::tell_different_things(state->seen)) {
    auto seen = co_await observe(state);
    if (!seen.ok()) co_return seen.error();
  }
  plan::UpdateGoal goal;
  goal.request = *request;
  goal.longest_create = longest_create();
  goal.owner = plan::facts_of(state->seen).user_id;
  if (state->seen.group) goal.tagged = plan::from_tags(state->seen.group->state.tags);
  const Decide decide = [goal](const plan::Situation& at) { return plan::next_for_update(goal, at); };
  auto ended = co_await run(state, decide);
  if (!ended.ok()) co_return ended.error();
  co_return view(*state);
}

}  // namespace dev8agent::internal
