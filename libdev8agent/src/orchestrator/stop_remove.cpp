// Stop and delete.
#include "orchestrator/flows.h"
#include "plan/regions.h"

namespace dev8agent {

Task<Result<Environment>> Flows::stop(FlowContext context, StopRequest request) {
  auto hold = co_await locks_.acquire(context.call, request.id);
  if (!hold.ok()) co_return hold.error();
  Marking marking(*this, request.id, plan::InFlight::kStop, context.call);
  context.report("locating", "");
  auto located =
      co_await locate(context, request.id, plan::regions_to_search(request.cloud_region, settings_));
  if (!located.ok()) co_return located.error();
  if (located->sites.empty()) {
    co_return make_error(ErrorCode::kNotFound, "environment " + request.id + " does not exist");
  }
  SitePtr site = located->sites.front();
  for (;;) {
    plan::Decision decision = plan::next_for_stop(request.id, site->seen, site->history);
    Status done = Done{};
    const bool old = (decision.step == plan::Step::kStopGroup && needs_look(*site)) ||
                     (decision.step == plan::Step::kDone && needs_look_to_tell(*site));
    if (old) {
      auto looked = co_await observe(site);
      if (!looked.ok()) co_return looked.error();
      continue;
    }
    switch (decision.step) {
      case plan::Step::kDone: {
        Environment environment = view(*site);
        environment.status = EnvironmentStatus::kStopped;
        co_return environment;
      }
      case plan::Step::kWait:
        done = co_await look_again(site);
        break;
      case plan::Step::kStopGroup:
        done = co_await stop_group(site);
        break;
      default:
        co_return *decision.error;
    }
    if (!done.ok()) co_return done.error();
  }
}

// A forced delete does not wait for a create or start of the same id: it ends it, if that is where the
// request says.
bool Flows::ends_work(const DeleteRequest& request) const {
  const auto work = in_hand_.find(request.id);
  if (!request.force || work == in_hand_.end()) return false;
  const plan::InFlight kind = work->second.kind;
  if (kind != plan::InFlight::kCreate && kind != plan::InFlight::kStart) return false;
  const std::string& named = request.cloud_region;
  return named.empty() || work->second.region == settings_.region(named)->name;
}

Task<Result<Done>> Flows::remove(FlowContext context, DeleteRequest request) {
  const bool pre_empted = ends_work(request);
  if (pre_empted) {
    // The flow may end right here and take its call with it.
    const auto cancellation = in_hand_.at(request.id).call->cancellation;
    cancellation->cancel("the environment is being deleted");
  }
  auto hold = co_await locks_.acquire(context.call, request.id);
  if (!hold.ok()) co_return hold.error();
  Marking marking(*this, request.id, plan::InFlight::kNothing, context.call);
  context.report("locating", "");
  auto located =
      co_await locate(context, request.id, plan::regions_to_search(request.cloud_region, settings_));
  if (!located.ok()) co_return located.error();
  for (SitePtr site : located->sites) {
    auto gone = co_await delete_at(site, request.force);
    if (!gone.ok()) co_return gone.error();
  }
  if (located->failure) co_return *located->failure;
  if (located->sites.empty() && !pre_empted) {
    co_return make_error(ErrorCode::kNotFound, "environment " + request.id + " does not exist");
  }
  co_return Done{};
}

Task<Status> Flows::delete_at(SitePtr site, bool force) {
  for (;;) {
    plan::Decision decision = plan::next_for_delete(site->id, force, site->seen, site->history);
    Status done = Done{};
    // What was seen long ago, while other questions took their time, is no ground to delete on.
    if (decision.step != plan::Step::kFail && decision.step != plan::Step::kDone && needs_look(*site)) {
      auto looked = co_await observe(site);
      if (!looked.ok()) co_return looked.error();
      continue;
    }
    if (decision.step != plan::Step::kFail) in_hand_.at(site->id).kind = plan::InFlight::kDelete;
    switch (decision.step) {
      case plan::Step::kDone:
        co_return Done{};
      case plan::Step::kDeleteGroup:
        done = co_await delete_group(site);
        break;
      case plan::Step::kDeleteShare:
        done = co_await delete_share(site);
        break;
      default:
        co_return *decision.error;
    }
    if (!done.ok()) co_return done.error();
  }
}

}  // namespace dev8agent
