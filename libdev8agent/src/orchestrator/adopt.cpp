// Adopt: a container group and a share of others become an environment of this agent.
#include "orchestrator/flows.h"
#include "plan/regions.h"

namespace dev8agent::internal {

Task<Result<Environment>> Flows::adopt(FlowContext context, std::shared_ptr<AdoptRequest> request) {
  auto hold = co_await locks_.acquire(context.call, request->id);
  if (!hold.ok()) co_return hold.error();
  InFlightGuard guard(*this, request->id, plan::InFlight::kNothing, context.call);
  context.report(Stage::kLocating, "");
  auto located = co_await locate(
      context, request->id, plan::regions_to_search(request->cloud_region, settings_), AskShare::kAlways);
  if (!located.ok()) co_return located.error();
  if (located->failure) co_return *located->failure;
  auto found = co_await found_one(*located, request->id);
  if (!found.ok()) co_return found.error();
  FlowStatePtr state = *found;
  guard.set_region(state->region->options);
  plan::AdoptGoal goal;
  goal.user_id = request->user_id;
  goal.name = request->name;
  goal.region = &state->region->options;
  goal.now = scheduler_->wall_now();
  goal.longest_create = longest_create();
  const Decide decide = [goal, settings = settings_](const plan::Situation& at) {
    return plan::next_for_adopt(goal, settings, at);
  };
  auto ended = co_await run(state, decide);
  if (!ended.ok()) co_return ended.error();
  co_return view(*state);
}

}  // namespace dev8agent::internal
