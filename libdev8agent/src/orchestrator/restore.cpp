// Restore: the files of a deleted environment come back.
#include <algorithm>
#include <set>
#include <utility>

#include "azure/inventory.h"
#include "base/time_format.h"
#include "orchestrator/flows.h"
#include "plan/kept_files.h"
#include "plan/names.h"
#include "plan/regions.h"

namespace dev8agent::internal {
namespace {

// What a delete, or a question about something that is not there, may take longer for the news that files can
// be restored.
constexpr std::chrono::seconds kLookTime{5};
// How long what an account has shown of its soft delete counts.
constexpr std::chrono::hours kSettingsCount{1};

bool is_newer(const DeletedShare& a, const DeletedShare& b) {
  return a.deleted_at.value_or(WallTime{}) > b.deleted_at.value_or(WallTime{});
}

std::string names_of_regions(const std::vector<FlowStatePtr>& states) {
  std::string names;
  for (const FlowStatePtr& state : states) names += (names.empty() ? "" : ", ") + state->region->options.name;
  return names;
}

}  // namespace

// Where the deleted share belongs: the region that its facts name, else the one that was asked.
const RegionOptions& Flows::region_of_deleted(const DeletedShare& deleted, const RegionOptions& asked) const {
  const RegionOptions* named = settings_.region(plan::from_metadata(deleted.share.metadata).region);
  return named && named->storage_account == asked.storage_account ? *named : asked;
}

// The share of `id` that was deleted last in any of `regions`, each storage account asked once. Another
// user's does not count for a call that sees one user's alone.
Task<Result<std::optional<Flows::FoundDeleted>>> Flows::find_deleted(CallPtr call, std::string id,
                                                                     plan::Regions regions) {
  std::optional<FoundDeleted> newest;
  std::set<std::string> asked;
  for (const RegionOptions* region : regions) {
    if (!asked.insert(region->storage_account).second) continue;
    auto found = co_await azure_.region(*region).shares.deleted(call, plan::names_of(id).file_share);
    if (!found.ok()) co_return found.error();
    for (DeletedShare& deleted : *found) {
      const std::string owner = plan::from_metadata(deleted.share.metadata).user_id;
      if (call->only_user && owner != *call->only_user) continue;
      if (newest && !is_newer(deleted, newest->share)) continue;
      const RegionOptions& home = region_of_deleted(deleted, *region);
      newest = FoundDeleted{std::move(deleted), &home};
    }
  }
  co_return newest;
}

// NOT_FOUND for an environment that was looked for everywhere, with the time until which its files can be
// restored. Without an answer to that question it is NOT_FOUND all the same.
Task<Error> Flows::not_found(FlowContext context, std::string id, plan::Regions regions) {
  Error error = plan::does_not_exist(id);
  const FlowContext limited = background(context.call, kLookTime);
  auto found = co_await find_deleted(limited.call, id, std::move(regions));
  if (!found.ok() || !*found) co_return error;
  const auto left = std::chrono::days((*found)->share.days_left);
  const std::string until = format_rfc3339(scheduler_->wall_now() + left);
  error.message += "; its deleted files can be restored until " + until;
  error.fields.push_back({"restorableUntil", until});
  co_return error;
}

// After this call has deleted the share of `state`; it has all its days left then. What is not found out is
// not said: it must not fail the delete.
Task<std::optional<WallTime>> Flows::restorable_until(FlowStatePtr state) {
  AccountServices& account = state->region->account;
  const FlowContext limited = background(state->context.call, kLookTime);
  auto turn = co_await account.asking.acquire(limited.call, "");
  if (!turn.ok()) co_return std::nullopt;
  SoftDelete& known = account.soft_delete;
  const TimePoint now = scheduler_->now();
  if (!known.asked_at || now - *known.asked_at > kSettingsCount) {
    auto found = co_await account.shares.deleted(limited.call, plan::names_of(state->id).file_share);
    if (!found.ok()) co_return std::nullopt;
    known = {now, 0};
    for (const DeletedShare& deleted : *found) known.days = std::max(known.days, deleted.days_left);
  }
  if (known.days == 0) co_return std::nullopt;
  const WallTime until = scheduler_->wall_now() + std::chrono::days(known.days);
  state->context.report(Stage::kDeletingShare, "its files can be restored until " + format_rfc3339(until));
  co_return until;
}

KeptFiles Flows::kept_files(const FlowState& state) {
  return plan::kept_files(state.id, state.region->options.storage_account, *state.seen.share);
}

Task<Result<bool>> Flows::keeps_deleted(FlowStatePtr state) {
  AccountServices& account = state->region->account;
  const TimePoint now = scheduler_->now();
  azure::Inventory inventory(azure_.arm());
  auto retention = co_await inventory.retention(state->context.call, account.options.resource_group,
                                                account.options.storage_account);
  if (!retention.ok()) co_return retention.error();
  account.soft_delete = {now, retention->days.value_or(0)};
  co_return retention->days.has_value();
}

Error Flows::not_there(const Located& located, const std::string& id) {
  return located.kept.empty() ? plan::does_not_exist(id)
                              : plan::not_found_but_kept(id, kept_files(*located.kept.front()));
}

Task<Result<Environment>> Flows::restore(FlowContext context, RestoreRequest request) {
  auto hold = co_await locks_.acquire(context.call, request.id);
  if (!hold.ok()) co_return hold.error();
  InFlightGuard guard(*this, request.id, plan::InFlight::kNothing, context.call);
  context.report(Stage::kLocating, "");
  const plan::Regions regions = plan::regions_to_search(request.cloud_region, settings_);
  const TimePoint asked_at = scheduler_->now();
  auto located = co_await locate(context, request.id, regions);
  if (!located.ok()) co_return located.error();
  if (located->failure) co_return *located->failure;
  FlowStatePtr state;
  if (located->states.empty() && located->kept.size() > 1)
    co_return plan::kept_in_regions(request.id, names_of_regions(located->kept));
  if (located->states.empty() && !located->kept.empty()) {
    state = located->kept.front();
  } else if (located->states.empty()) {
    auto found = co_await find_deleted(context.call, request.id, regions);
    if (!found.ok()) co_return found.error();
    const RegionOptions& region = *found ? *(*found)->region : *regions.front();
    state = state_of_nothing(context, region, request.id, asked_at);
    if (*found) state->deleted = std::move((*found)->share);
  } else {
    state = located->states.front();
  }
  guard.set_region(state->region->options);
  const Decide decide = plan::next_for_restore;
  auto ended = co_await run(state, decide);
  if (!ended.ok()) co_return ended.error();
  // A deleted share may not have told its region; the restored one does.
  if (const RegionOptions* named = settings_.region(plan::facts_of(state->seen).region)) {
    const auto home = azure_.regions().find(named->name);
    if (home != azure_.regions().end() && &home->second->account == &state->region->account)
      state->region = home->second.get();
  }
  co_return view(*state);
}

}  // namespace dev8agent::internal
