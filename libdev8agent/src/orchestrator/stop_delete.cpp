// Stop and delete.
#include "orchestrator/flows.h"
#include "plan/regions.h"

namespace dev8agent::internal {

Task<Result<Environment>> Flows::stop(FlowContext context, StopRequest request) {
  auto hold = co_await locks_.acquire(context.call, request.id);
  if (!hold.ok()) co_return hold.error();
  InFlightGuard guard(*this, request.id, plan::InFlight::kStop, context.call);
  context.report(Stage::kLocating, "");
  auto located = co_await locate_again(
      context, request.id, plan::regions_to_search(request.cloud_region, settings_), AskShare::kWithoutGroup);
  if (!located.ok()) co_return located.error();
  auto found = co_await found_one(*located, request.id);
  if (!found.ok()) co_return found.error();
  FlowStatePtr state = *found;
  const Decide decide = plan::next_for_stop;
  auto ended = co_await run(state, decide);
  if (!ended.ok()) co_return ended.error();
  Environment environment = view(*state);
  environment.status = EnvironmentStatus::kStopped;  // established by the stop; a view counts it as in flight
  // A stop does not ask for the files of a container, and a view takes files that it has not been shown for
  // gone.
  const bool unasked = !state->seen.share_is_known() && environment.status_detail == plan::kShareIsMissing;
  if (unasked) environment.status_detail.clear();
  co_return environment;
}

// A forced delete does not wait for a create or start of the same id: it ends it, if that is where the
// request says.
bool Flows::ends_call_in_flight(const DeleteRequest& request) const {
  const auto found = in_flight_.find(request.id);
  if (!request.force || found == in_flight_.end()) return false;
  const plan::InFlight kind = found->second.kind;
  if (kind != plan::InFlight::kCreate && kind != plan::InFlight::kStart) return false;
  if (request.cloud_region.empty()) return true;
  return plan::regions_to_search(request.cloud_region, settings_).front() == found->second.region;
}

Task<Result<Deletion>> Flows::remove(FlowContext context, DeleteRequest request) {
  // Whose environment it is has to be known before a call in flight is ended.
  if (context.call->only_user) {
    auto own = co_await locate(context, request.id, plan::regions_to_search(request.cloud_region, settings_));
    if (!own.ok()) co_return own.error();
    if (own->states.empty() && own->kept.empty()) co_return plan::does_not_exist(request.id);
  }
  const bool pre_empted = ends_call_in_flight(request);
  if (pre_empted) {
    // The flow may end right here and take its call with it.
    const auto cancellation = in_flight_.at(request.id).call->cancellation;
    cancellation->cancel("the environment is being deleted");
  }
  auto hold = co_await locks_.acquire(context.call, request.id);
  if (!hold.ok()) co_return hold.error();
  InFlightGuard guard(*this, request.id, plan::InFlight::kNothing, context.call);
  context.report(Stage::kLocating, "");
  // What is recalled of one region tells nothing of leftovers in another place.
  const plan::Regions regions = plan::regions_to_search(request.cloud_region, settings_);
  const bool recall = request.force && plan::share_one_place(regions);
  auto locating = recall ? locate_again(context, request.id, regions, AskShare::kWithoutGroup)
                         : locate(context, request.id, regions, AskShare::kWithoutGroup);
  auto located = co_await std::move(locating);
  if (!located.ok()) co_return located.error();
  if (request.snapshot && !located->kept.empty()) {
    auto found = co_await found_one(*located, request.id);
    if (!found.ok()) co_return found.error();
    if (located->states.empty()) located->states.push_back(*found);
  }
  std::vector<FlowStatePtr> states = located->states;
  bool keeps_files = false;
  if (request.snapshot && !states.empty()) {
    auto deleted_ones_stay = co_await keeps_deleted(states.front());
    if (!deleted_ones_stay.ok()) co_return deleted_ones_stay.error();
    keeps_files = !*deleted_ones_stay;
  }
  // One place keeps files. What an unfinished create has left in another region goes only without files.
  if (keeps_files) states = {states.front()};
  for (const FlowStatePtr& state : states) state->keeps_files = keeps_files;
  // Files that were kept are removed for good where nothing else is deleted.
  if (!request.snapshot && states.empty()) states = located->kept;
  Deletion deletion;
  for (const FlowStatePtr& state : states) {
    const Decide decide = [&guard, force = request.force](const plan::Situation& at) {
      plan::Decision next = plan::next_for_delete(force, at);
      const bool deletes =
          next.ok() && (next->step == plan::Step::kDeleteGroup || next->step == plan::Step::kDeleteShare ||
                        next->step == plan::Step::kKeepShare);
      if (deletes) guard.set_kind(plan::InFlight::kDelete);
      return next;
    };
    auto gone = co_await run(state, decide);
    if (!gone.ok()) co_return gone.error();
    if (plan::is_kept(state->seen)) {
      deletion.kept = kept_files(*state);
      state->context.report(Stage::kDeletingShare, deletion.kept->advice);
    }
    if (!state->deleted_share) continue;
    const auto until = co_await restorable_until(state);
    const auto earlier = deletion.restorable_until.value_or(WallTime::max());
    if (until && *until < earlier) deletion.restorable_until = until;
  }
  if (keeps_files) co_await remove_leftover_shares(located->states);
  if (located->failure) co_return *located->failure;
  if (states.empty() && (!pre_empted || !located->kept.empty())) co_return not_there(*located, request.id);
  co_return deletion;
}

}  // namespace dev8agent::internal
