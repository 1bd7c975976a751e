// Orphans: finding them in all regions, and sweeping them.
#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "orchestrator/flows.h"
#include "plan/names.h"
#include "plan/orphans.h"
#include "plan/regions.h"

namespace dev8agent::internal {
namespace {

constexpr std::size_t kAtOnce = 8;  // sweeps, or looks

// Whether a container group at another location may use a share of this account: that of a region with the
// same account, or of none that the settings know.
bool may_be_used_there(const FlowState& state, const AgentSettings& settings) {
  bool known = false;
  bool same_account = false;
  for (const RegionOptions& region : settings->regions) {
    if (!same_location(region.location, *state.other_location)) continue;
    known = true;
    same_account = same_account || region.storage_account == state.region->options.storage_account;
  }
  return same_account || !known;
}

}  // namespace

// Why what a state shows is an orphan; nothing when it is none.
std::optional<std::string> Flows::reason_of_orphan(const FlowState& state) const {
  const std::chrono::seconds limit = settings_->operation_timeout + settings_->rollback_timeout;
  const plan::InFlight at_work = in_flight(state.id);
  if (!state.certificates)
    return plan::orphan_reason(state.id, state.seen, at_work, limit, state.seen.azure_now);
  return plan::certificates_orphan_reason(state.id, *state.certificates, state.seen, at_work, limit,
                                          state.seen.azure_now);
}

Orphan Flows::orphan_of(const FlowState& state, std::string reason) const {
  const plan::ResourceNames names = plan::names_of(state.id);
  Orphan orphan;
  orphan.environment_id = state.id;
  orphan.cloud_region = state.region->options.name;
  orphan.kind = state.seen.group ? OrphanKind::kContainerGroup : OrphanKind::kShare;
  orphan.name = state.seen.group ? names.container_group : names.file_share;
  if (state.certificates) orphan.name = names.certificate_share;
  orphan.reason = std::move(reason);
  const auto changed = state.certificates ? state.certificates->last_modified : plan::last_change(state.seen);
  if (changed)
    orphan.age = std::max(std::chrono::floor<std::chrono::minutes>(state.seen.azure_now - *changed),
                          std::chrono::minutes(0));
  return orphan;
}

// The shares of certificates beside which the lists have shown no environment in the same account, each with
// a look at what there is of its environment.
Task<Result<std::vector<FlowStatePtr>>> Flows::list_certificates_alone(
    FlowContext context, std::vector<FlowStatePtr> environments) {
  std::map<std::string, RegionServices*> accounts;
  for (const RegionOptions* region : plan::regions_to_search("", settings_))
    accounts.emplace(region->storage_account, &azure_.region(*region));
  std::vector<FlowStatePtr> alone;
  for (const auto& [account, region] : accounts) {
    std::set<std::string> whole;
    for (const FlowStatePtr& state : environments) {
      const plan::ResourceNames names = plan::names_of(state->id);
      if (state->region->options.storage_account == account) whole.insert(names.certificate_share);
    }
    const azure::NeedsMetadata others = [&whole](std::string_view share) {
      return !whole.contains(std::string(share));
    };
    auto shares = co_await region->shares.list(context.call, std::string(plan::kCertificatePrefix), others);
    if (!shares.ok()) co_return shares.error();
    for (FileShare& share : *shares) {
      const auto id = plan::id_of_certificate_share(share.name);
      if (!id || whole.contains(share.name)) continue;
      FlowStatePtr state = make_state(context, *region, *id);
      state->certificates = std::move(share);
      alone.push_back(std::move(state));
    }
  }
  for (std::size_t first = 0; first < alone.size(); first += kAtOnce) {
    std::vector<Task<Status>> looks;
    for (std::size_t i = first; i < std::min(first + kAtOnce, alone.size()); ++i)
      looks.push_back(observe(alone[i]));
    auto results = co_await when_all(std::move(looks));
    for (Status& result : results) {
      if (!result.ok()) co_return result.error();
    }
  }
  co_return alone;
}

Task<Result<std::vector<Flows::FoundOrphan>>> Flows::find_orphans(FlowContext context,
                                                                  std::chrono::minutes older_than) {
  auto listed = co_await list_regions(context, plan::regions_to_search("", settings_));
  if (!listed.ok()) co_return listed.error();
  auto observed = co_await observe_groups(*listed);
  if (!observed.ok()) co_return observed.error();
  auto certificates = co_await list_certificates_alone(context, *listed);
  if (!certificates.ok()) co_return certificates.error();
  std::vector<FlowStatePtr> states = std::move(*listed);
  states.insert(states.end(), certificates->begin(), certificates->end());
  std::vector<FoundOrphan> found;
  for (const FlowStatePtr& state : states) {
    if (state->other_location && (!state->certificates || may_be_used_there(*state, settings_))) continue;
    auto reason = reason_of_orphan(*state);
    if (!reason) continue;
    Orphan orphan = orphan_of(*state, std::move(*reason));
    // What has no known age counts as young.
    if (orphan.age >= older_than) found.push_back({std::move(orphan), state});
  }
  co_return found;
}

Task<Result<std::vector<Orphan>>> Flows::orphans(FlowContext context, OrphansRequest request) {
  auto found = co_await find_orphans(context, request.older_than);
  if (!found.ok()) co_return found.error();
  std::vector<Orphan> orphans;
  for (FoundOrphan& orphan : *found) orphans.push_back(std::move(orphan.orphan));
  co_return orphans;
}

// What a sweep of this orphan would come to, from a question about its files and one about its snapshots.
Task<Result<Orphan>> Flows::rehearse_sweep(FoundOrphan found, bool include_files) {
  const FlowStatePtr state = found.state;
  Orphan& orphan = found.orphan;
  orphan.removed = true;
  if ((!state->seen.share && !state->certificates) || include_files) co_return std::move(orphan);
  if (plan::is_kept(state->seen)) {
    orphan.removed = false;
    co_return std::move(orphan);
  }
  auto inspected = co_await inspect_share(state);
  if (!inspected.ok()) co_return inspected.error();
  orphan.removed = state->seen.content == plan::ShareContent::kEmpty;
  if (state->seen.content == plan::ShareContent::kHoldsFiles) orphan.reason += "; its file share holds files";
  if (state->seen.content == plan::ShareContent::kUnknown)
    orphan.reason += "; Azure does not tell whether its file share holds files";
  if (!*orphan.removed) co_return std::move(orphan);
  const plan::ResourceNames names = plan::names_of(state->id);
  const std::string& share = state->certificates ? names.certificate_share : names.file_share;
  auto snapshots = co_await state->region->shares.has_snapshots(state->context.call, share);
  if (!snapshots.ok()) {
    const ErrorCode code = snapshots.error().code;
    if (code == ErrorCode::kCancelled || code == ErrorCode::kTimeout) co_return snapshots.error();
    orphan.reason += "; Azure does not tell whether its file share has snapshots";
  }
  orphan.removed = snapshots.ok() && !*snapshots;
  if (snapshots.ok() && *snapshots) orphan.reason += "; its file share has snapshots, which may hold files";
  co_return std::move(orphan);
}

// An orphan that cannot be removed says why; the sweep goes on.
Task<Result<Orphan>> Flows::sweep_one(FoundOrphan found, bool include_files) {
  const FlowStatePtr state = found.state;
  Orphan& orphan = found.orphan;
  orphan.removed = false;
  auto hold = co_await locks_.acquire(state->context.call, state->id);
  if (!hold.ok()) co_return hold.error();
  InFlightGuard guard(*this, state->id, plan::InFlight::kDelete, state->context.call);
  state->keeps_snapshots = !include_files;  // they may hold files
  auto seen = co_await observe(state);
  if (!seen.ok()) co_return seen.error();
  const Decide decide = [include_files](const plan::Situation& at) {
    return plan::next_for_sweep(include_files, at);
  };
  const Decide decide_certificates = [include_files](const plan::Situation& at) {
    return plan::next_for_certificates_sweep(include_files, at);
  };
  auto ended = co_await run(state, state->certificates ? decide_certificates : decide);
  if (!ended.ok() && state->context.call->cancellation->cancelled()) co_return ended.error();
  if (!ended.ok()) {
    orphan.reason += "; kept: " + ended.error().message;
  } else if (ended->step == plan::Step::kKeepFiles) {
    if (!plan::is_kept(state->seen)) orphan.reason += "; kept: its file share holds files";
  } else {
    orphan.removed = true;
  }
  log(*orphan.removed ? LogLevel::kInfo : LogLevel::kWarn, *orphan.removed ? "orphan.removed" : "orphan.kept",
      *state, {{"name", orphan.name}, {"reason", orphan.reason}});
  co_return std::move(orphan);
}

Task<Result<std::vector<Orphan>>> Flows::sweep(FlowContext context, SweepRequest request) {
  auto found = co_await find_orphans(context, request.older_than);
  if (!found.ok()) co_return found.error();
  std::vector<Orphan> swept;
  for (std::size_t first = 0; first < found->size(); first += kAtOnce) {
    std::vector<Task<Result<Orphan>>> sweeps;
    for (std::size_t i = first; i < std::min(first + kAtOnce, found->size()); ++i) {
      FoundOrphan& orphan = (*found)[i];
      sweeps.push_back(request.dry_run ? rehearse_sweep(std::move(orphan), request.include_files)
                                       : sweep_one(std::move(orphan), request.include_files));
    }
    auto results = co_await when_all(std::move(sweeps));
    for (Result<Orphan>& result : results) {
      if (!result.ok()) co_return result.error();
      swept.push_back(std::move(*result));
    }
  }
  co_return swept;
}

}  // namespace dev8agent::internal
