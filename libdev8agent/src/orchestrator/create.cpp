// Create: look everywhere, then share, group, and the wait until the container runs; the next region when
// this one has no room and the caller left the choice open.
#include <algorithm>
#include <utility>

#include "orchestrator/flows.h"
#include "plan/regions.h"

namespace dev8agent {
namespace {

constexpr std::chrono::seconds kClearAwayTime{20};  // what waits for it has succeeded already

plan::Facts facts_wanted(const CreateRequest& request, std::string mark, WallTime now) {
  plan::Facts facts;
  facts.id = request.id;
  facts.user_id = request.user_id;
  facts.name = request.name;
  facts.cpu_cores = request.cpu_cores;
  facts.memory_gb = request.memory_gb;
  facts.storage_gb = request.storage_gb;
  facts.base_image = request.base_image;
  facts.created_at = now;
  facts.call = std::move(mark);
  return facts;
}

Error elsewhere(const std::string& id, const std::string& region) {
  return make_error(ErrorCode::kConflict, "environment " + id + " exists with another cloudRegion (" +
                                              region + "); nothing was changed");
}

}  // namespace

Task<Result<EnvironmentOutcome>> Flows::create(FlowContext context, std::shared_ptr<CreateRequest> request,
                                               bool fresh_id) {
  auto hold = co_await locks_.acquire(context.call, request->id);
  if (!hold.ok()) co_return hold.error();
  Marking marking(*this, request->id, plan::InFlight::kCreate, context.call);
  std::vector<std::string> candidates = plan::regions_to_create_in(*request, settings_);
  if (candidates.size() == 1) marking.is_in(candidates.front());

  // An id names one environment, whatever the region; one that was made just now is nowhere.
  SitePtr found;
  std::vector<SitePtr> leavings;
  const TimePoint seen_nowhere_at = scheduler_->now();
  if (!fresh_id) {
    context.report("locating", "");
    auto located = co_await locate(context, request->id, plan::regions_to_search("", settings_));
    if (!located.ok()) co_return located.error();
    if (located->failure) co_return *located->failure;
    if (!located->sites.empty()) {
      found = located->sites.front();
      leavings.assign(located->sites.begin() + 1, located->sites.end());
      const std::string& region = found->region->options.name;
      auto place = std::find(candidates.begin(), candidates.end(), region);
      if (place == candidates.end()) co_return elsewhere(request->id, region);
      std::rotate(candidates.begin(), place, place + 1);
    }
  }

  auto secrets = std::make_shared<EnvironmentSecrets>(request->secrets.copy());
  if (secrets->code_server_password.empty()) secrets->code_server_password = new_password();
  for (std::size_t i = 0;; ++i) {
    SitePtr site = std::exchange(found, nullptr);
    if (!site) {
      site = make_site(context, azure_.region(candidates[i]), request->id);
      site->group_seen_at = seen_nowhere_at;
      site->share_seen_at = seen_nowhere_at;
    }
    marking.is_in(candidates[i]);
    plan::Facts wanted = facts_wanted(*request, new_mark(), scheduler_->wall_now());
    wanted.region = candidates[i];
    auto outcome = co_await create_in(site, wanted, secrets, fresh_id);
    if (outcome.ok()) {
      for (SitePtr other : leavings) co_await clear_away(other);
      co_return outcome;
    }
    Error error = outcome.error();
    auto explained = co_await give_up(site, error, secrets);
    if (site->operation_error) {
      explained.message += "; delete the environment to remove what is left";
      co_return explained;
    }
    // Only from a region that was seen clean: what another call has taken over there keeps its place.
    const bool next = !site->seen.any() && plan::try_next_region(error) && i + 1 < candidates.size();
    if (!next) co_return explained;
    log(LogLevel::kWarn, "create.failover", *site, {});
  }
}

// A share that an unfinished create of the same id has left in another region goes, if it holds nothing.
Task<Done> Flows::clear_away(SitePtr site) {
  if (site->seen.group || plan::from_metadata(site->seen.share->metadata).call.empty()) co_return Done{};
  site->history.call = new_mark();
  auto call = std::make_shared<Call>(*site->context.call);
  call->deadline = std::min(call->deadline, scheduler_->now() + kClearAwayTime);
  site->context.call = call;
  auto claimed = co_await claim_share(site);
  if (claimed.ok()) co_await roll_back(site);
  if (!claimed.ok()) log(LogLevel::kWarn, "create.leavings", *site, {{"error", claimed.error().message}});
  co_return Done{};
}

// Two processes may place one id at once. In two regions, each writes its share first and looks at the other
// regions then, so at least one of them sees the other, and whoever does gives way. In one region, whose mark
// the share carries goes on, and the other waits for it.
Task<Status> Flows::check_alone(SitePtr site) {
  auto share = co_await look_at_share(site);
  if (!share.ok()) co_return share;
  std::vector<std::string> others = plan::regions_to_search("", settings_);
  std::erase(others, site->region->options.name);
  if (!others.empty()) {
    auto located = co_await locate(site->context, site->id, others);
    if (!located.ok()) co_return located.error();
    if (located->failure) co_return *located->failure;
    if (!located->sites.empty()) {
      Error error = elsewhere(site->id, located->sites.front()->region->options.name);
      error.retryable = true;
      co_return error;
    }
  }
  site->alone = true;
  co_return Done{};
}

Task<Result<EnvironmentOutcome>> Flows::create_in(SitePtr site, plan::Facts wanted,
                                                  std::shared_ptr<EnvironmentSecrets> secrets,
                                                  bool fresh_id) {
  site->history.call = wanted.call;
  for (;;) {
    if (site->operation_error) co_return *site->operation_error;
    plan::Decision decision = plan::next_for_create(wanted, site->seen, site->history);
    Status done = Done{};
    switch (decision.step) {
      case plan::Step::kDone: {
        if (needs_look_to_tell(*site)) {
          done = co_await observe(site);
          break;
        }
        if (!is_settled(*site)) {
          done = co_await settle(site);
          break;
        }
        EnvironmentOutcome outcome;
        outcome.environment = view(*site);
        outcome.changed = plan::has_own_group(site->seen, site->history);
        if (outcome.changed) {
          outcome.code_server_password = secrets->code_server_password.copy();
        }
        co_return outcome;
      }
      case plan::Step::kWait:
        if (!decision.detail.empty()) site->context.report("provisioning", decision.detail);
        done = co_await look_again(site);
        break;
      case plan::Step::kCreateShare:
        done = co_await put_share(site, wanted);
        break;
      case plan::Step::kClaimShare:
        done = co_await claim_share(site);
        break;
      case plan::Step::kDeleteGroup:
        if (needs_look(*site)) {
          done = co_await observe(site);
        } else {
          done = co_await delete_group(site);
        }
        break;
      case plan::Step::kPutGroup: {
        if (site->undo.share_put && !site->alone && !fresh_id) {
          done = co_await check_alone(site);
          break;
        }
        // A half-created environment is finished under the facts that its share already has.
        plan::Facts facts = plan::facts_of(site->seen);
        facts.call = wanted.call;
        done = co_await put_group(site, facts, secrets);
        break;
      }
      default:
        co_return *decision.error;
    }
    if (!done.ok()) co_return done.error();
  }
}

}  // namespace dev8agent
