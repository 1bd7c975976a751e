// Restart: the processes of a running container end and start again in place.
#include "orchestrator/flows.h"
#include "plan/regions.h"

namespace dev8agent::internal {

Task<Result<Environment>> Flows::restart(FlowContext context, RestartRequest request) {
  auto hold = co_await locks_.acquire(context.call, request.id);
  if (!hold.ok()) co_return hold.error();
  InFlightGuard guard(*this, request.id, plan::InFlight::kStart, context.call);
  context.report(Stage::kLocating, "");
  auto located =
      co_await locate(context, request.id, plan::regions_to_search(request.cloud_region, settings_));
  if (!located.ok()) co_return located.error();
  auto found = co_await found_one(*located, request.id);
  if (!found.ok()) co_return found.error();
  FlowStatePtr state = *found;
  guard.set_region(state->region->options);
  state->ready.wanted = waits_for_workspace();
  const Decide decide = plan::next_for_restart;
  auto ended = co_await run(state, decide);
  if (!ended.ok()) {
    auto failure = co_await add_diagnostics(state, ended.error());
    co_return failure;
  }
  co_return view(*state);
}

}  // namespace dev8agent::internal
