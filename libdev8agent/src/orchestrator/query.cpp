// Get, list, health, diagnosis: questions only.
#include <algorithm>
#include <set>

#include "base/text.h"
#include "orchestrator/doctor.h"
#include "orchestrator/flows.h"
#include "plan/list_position.h"
#include "plan/named_hosts.h"
#include "plan/names.h"
#include "plan/regions.h"

namespace dev8agent::internal {
namespace {

constexpr std::size_t kReadsAtOnce = 16;
constexpr std::chrono::seconds kHealthPatience{20};       // of a diagnosis
constexpr std::string_view kHealthGroup = "dev8-health";  // no environment's name: the answer is 404

std::vector<FlowStatePtr> with_group(std::vector<FlowStatePtr> states) {
  std::erase_if(states, [](const FlowStatePtr& state) { return !state->seen.group; });
  return states;
}

HealthCheck health_of(std::string name, const Status& outcome, const AgentSettings& settings) {
  if (outcome.ok()) return {std::move(name), true, "", std::nullopt, ""};
  const Error& error = outcome.error();
  return {std::move(name), false, plan::connection_detail(error, settings), error.code,
          std::string(plan::connection_finding(error, settings))};
}

}  // namespace

Task<Result<Environment>> Flows::get(FlowContext context, GetRequest request) {
  auto located =
      co_await locate(context, request.id, plan::regions_to_search(request.cloud_region, settings_));
  if (!located.ok()) co_return located.error();
  if (located->states.empty() && !located->kept.empty()) co_return not_there(*located, request.id);
  if (located->states.empty()) {
    auto error =
        co_await not_found(context, request.id, plan::regions_to_search(request.cloud_region, settings_));
    co_return error;
  }
  co_return view(*located->states.front());
}

// The environments of one region: its groups and shares, joined by id.
std::vector<FlowStatePtr> Flows::states_of(FlowContext context, const RegionOptions& region,
                                           const azure::GroupList& groups,
                                           const std::vector<FileShare>& shares) {
  RegionServices& services = azure_.region(region);
  std::map<std::string, FlowStatePtr> by_id;
  const auto state_of = [&](const std::string& id) {
    auto& state = by_id[id];
    if (!state) state = make_state(context, services, id);
    return state;
  };
  for (const ContainerGroup& group : groups.groups) {
    auto id = plan::id_of_group(group.name);
    const bool here = same_location(group.location, services.options.location);
    if (id && here && plan::owned(group.tags, *id)) state_of(*id)->seen.group = plan::see_group(group);
  }
  for (const FileShare& share : shares) {
    auto id = plan::id_of_share(share.name);
    if (!id) continue;
    // Regions may share a storage account; a share belongs where its group is, or where its facts say.
    const plan::Facts facts = plan::from_metadata(share.metadata);
    const bool elsewhere = !facts.region.empty() && facts.region != region.name;
    if (!by_id.contains(*id) && (elsewhere || facts.id != *id)) continue;
    state_of(*id)->seen.share = plan::see_share(share);
  }
  std::vector<FlowStatePtr> states;
  for (auto& [id, state] : by_id) states.push_back(std::move(state));
  return states;
}

// A group that a list has shown may be gone; then the share, whose metadata nobody asked for, tells the
// facts.
Task<Status> Flows::observe_listed(FlowStatePtr state) {
  auto seen = co_await observe_group(state);
  const bool unread = state->seen.share && !state->seen.share->state.metadata_read;
  if (!seen.ok() || state->seen.group || !unread) co_return seen;
  auto share = co_await observe_share(state);
  co_return share;
}

// A list shows no instance view, so whether a group runs takes one GET for each (Azure's own clients do the
// same).
Task<Status> Flows::observe_groups(std::vector<FlowStatePtr> states) {
  for (std::size_t first = 0; first < states.size(); first += kReadsAtOnce) {
    std::vector<Task<Status>> reads;
    for (std::size_t i = first; i < std::min(first + kReadsAtOnce, states.size()); ++i) {
      reads.push_back(observe_listed(states[i]));
    }
    auto results = co_await when_all(std::move(reads));
    for (Status& result : results) {
      if (!result.ok()) co_return result;
    }
  }
  co_return Done{};
}

namespace {

// The groups of one region, as a list has shown them.
struct RegionGroups {
  const RegionOptions* region;
  SharedListPtr list;
};

// Which shares of an account have to tell their metadata: all but those whose group, in a region of the
// account, tells everything.
azure::NeedsMetadata metadata_beside(std::vector<RegionGroups> of_account) {
  return [of_account = std::move(of_account)](std::string_view share) {
    const auto id = plan::id_of_share(share);
    if (!id) return true;
    const std::string name = to_lower(plan::names_of(*id).container_group);
    return std::none_of(of_account.begin(), of_account.end(), [&](const RegionGroups& groups) {
      const auto found = groups.list->by_name.find(name);
      if (found == groups.list->by_name.end()) return false;
      const ContainerGroup& group = *found->second;
      return same_location(group.location, groups.region->location) && plan::owned(group.tags, *id) &&
             plan::tells_all(plan::see_group(group));
    });
  };
}

// Tells the logger how many environments there are in each region, by what the list shows of them.
void tell_of_list(const AgentSettings& settings, const plan::Regions& regions,
                  const std::vector<FlowStatePtr>& states) {
  if (!settings->logger) return;
  for (const RegionOptions* region : regions) {
    std::map<std::string_view, int> counts = {{"files", 0}, {"changing", 0}, {"failed", 0}, {"deployed", 0}};
    for (const FlowStatePtr& state : states) {
      if (state->region->options.name == region->name && !plan::is_kept(state->seen))
        ++counts[plan::listed_as(state->seen)];
    }
    LogRecord record{LogLevel::kDebug, "environments.listed", {{"region", region->name}}};
    for (const auto& [word, count] : counts)
      record.fields.push_back({std::string(word), std::to_string(count)});
    settings->logger(record);
  }
}

}  // namespace

Task<Result<std::vector<FlowStatePtr>>> Flows::list_regions(FlowContext context, plan::Regions regions) {
  // Regions may have a resource group or a storage account in common: each is asked once.
  std::map<std::string, std::size_t> groups_at;
  std::vector<Task<Result<SharedListPtr>>> ask_groups;
  for (const RegionOptions* region : regions) {
    if (groups_at.emplace(to_lower(region->resource_group), ask_groups.size()).second)
      ask_groups.push_back(lists_.next(context.call, region->resource_group));
  }
  auto groups = co_await when_all(std::move(ask_groups));
  for (const auto& list : groups) {
    if (!list.ok()) co_return list.error();
  }
  // After the groups: a create makes the share first, so a group is never seen without the share that it has.
  std::map<std::string, std::size_t> shares_at;
  std::map<std::string, std::vector<RegionGroups>> groups_of;  // by storage account
  for (const RegionOptions* region : regions)
    groups_of[region->storage_account].push_back(
        {region, *groups[groups_at.at(to_lower(region->resource_group))]});
  std::vector<Task<Result<std::vector<FileShare>>>> ask_shares;
  for (const RegionOptions* region : regions) {
    if (shares_at.emplace(region->storage_account, ask_shares.size()).second)
      ask_shares.push_back(
          azure_.region(*region).shares.list(context.call, std::string(plan::kSharePrefix),
                                             metadata_beside(groups_of[region->storage_account])));
  }
  auto shares = co_await when_all(std::move(ask_shares));
  for (const auto& list : shares) {
    if (!list.ok()) co_return list.error();
  }
  std::vector<FlowStatePtr> states;
  std::set<std::pair<std::string, std::string>> shares_alone;  // each once, also of an account of two regions
  for (const RegionOptions* region : regions) {
    const SharedListPtr& of_group = *groups[groups_at.at(to_lower(region->resource_group))];
    const auto& of_account = *shares[shares_at.at(region->storage_account)];
    for (FlowStatePtr& state : states_of(context, *region, of_group->list, of_account)) {
      if (state->seen.group || shares_alone.emplace(region->storage_account, state->id).second)
        states.push_back(std::move(state));
    }
  }
  tell_of_list(settings_, regions, states);
  co_return states;
}

namespace {

// Azure ignores the case of tag names.
bool has_labels(const plan::Facts& facts, const NamedTexts& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&](const auto& label) {
    return std::any_of(facts.labels.begin(), facts.labels.end(), [&](const auto& own) {
      return equal_ignoring_case(own.first, label.first) && own.second == label.second;
    });
  });
}

// A container that a list has shown may be gone since, and its files kept.
bool is_shown(const FlowState& state) {
  return state.seen.any() && !plan::is_kept(state.seen);
}

// An environment and its place in the list.
using Placed = std::pair<plan::ListPosition, FlowStatePtr>;

std::vector<Placed> in_order(std::vector<FlowStatePtr> states) {
  std::vector<Placed> placed;
  placed.reserve(states.size());
  for (FlowStatePtr& state : states) {
    auto position = plan::list_position(plan::facts_of(state->seen).created_at, state->id);
    placed.emplace_back(std::move(position), std::move(state));
  }
  std::sort(placed.begin(), placed.end(), [](const Placed& a, const Placed& b) { return a.first < b.first; });
  return placed;
}

// Where the page that the request asks for begins; at most the number of environments.
std::size_t begin_of_page(const std::vector<Placed>& placed, const ListRequest& request) {
  if (const auto after = plan::read_cursor(request.cursor)) {
    const auto first = std::find_if(placed.begin(), placed.end(),
                                    [&](const Placed& environment) { return *after < environment.first; });
    return static_cast<std::size_t>(first - placed.begin());
  }
  const auto size = static_cast<std::size_t>(request.page_size);
  return std::min((static_cast<std::size_t>(request.page) - 1) * size, placed.size());
}

}  // namespace

Task<Result<EnvironmentPage>> Flows::list(FlowContext context, ListRequest request) {
  auto listed = co_await list_regions(context, plan::regions_to_search(request.cloud_region, settings_));
  if (!listed.ok()) co_return listed.error();
  std::vector<FlowStatePtr> states = std::move(*listed);
  std::erase_if(states, [&](const FlowStatePtr& state) {
    const plan::Facts facts = plan::facts_of(state->seen);
    const bool others = !request.user_id.empty() && facts.user_id != request.user_id;
    return others || plan::is_kept(state->seen) || !has_labels(facts, request.labels);
  });
  if (request.status) {
    auto observed = co_await observe_groups(with_group(states));
    if (!observed.ok()) co_return observed.error();
    std::erase_if(states, [&](const FlowStatePtr& state) {
      return !is_shown(*state) || view(*state).status != *request.status;
    });
  }
  const std::vector<Placed> placed = in_order(std::move(states));

  EnvironmentPage page;
  page.total = static_cast<int>(placed.size());
  page.page = request.page;
  page.page_size = request.page_size;
  const std::size_t first = begin_of_page(placed, request);
  const std::size_t end = std::min(first + static_cast<std::size_t>(request.page_size), placed.size());
  std::vector<FlowStatePtr> shown;
  for (std::size_t i = first; i < end; ++i) shown.push_back(placed[i].second);
  if (end > first && end < placed.size()) page.next_cursor = plan::to_cursor(placed[end - 1].first);
  if (!request.status) {
    auto observed = co_await observe_groups(with_group(shown));
    if (!observed.ok()) co_return observed.error();
  }
  for (const FlowStatePtr& state : shown) {
    // Deleted between the list and the look: gone, whatever the list said.
    if (is_shown(*state)) page.environments.push_back(view(*state));
  }
  co_return page;
}

namespace {

Task<Region> describe_region(CallPtr call, RegionQuotas* quotas, const RegionOptions* region) {
  if (region->enabled) {
    auto shown = co_await quotas->describe(call, *region);
    co_return shown;
  }
  Region disabled;
  disabled.name = region->name;
  disabled.location = region->location;
  disabled.status = RegionStatus::kDisabled;
  co_return disabled;
}

}  // namespace

Task<Result<std::vector<Region>>> Flows::regions(FlowContext context) {
  std::vector<Task<Region>> questions;
  for (const RegionOptions& region : settings_->regions)
    questions.push_back(describe_region(context.call, &quotas_, &region));
  auto regions = co_await when_all(std::move(questions));
  if (context.call->cancellation->cancelled()) co_return cancelled_error(*context.call->cancellation);
  for (Region& region : regions)
    region.is_default = equal_ignoring_case(region.name, settings_->default_region);
  co_return regions;
}

namespace {

// The questions that every operation asks: for a group of the region's resource group, and for its shares.
Task<HealthCheck> check_group(CallPtr call, azure::ContainerGroups* groups, RegionServices* region,
                              AgentSettings settings) {
  auto group = co_await groups->get(call, region->options.resource_group, std::string(kHealthGroup));
  const Status outcome = group.ok() ? Status(Done{}) : Status(group.error());
  co_return health_of("azure:" + region->options.name, outcome, settings);
}

Task<HealthCheck> check_shares(CallPtr call, RegionServices* region, AgentSettings settings) {
  auto shares = co_await region->shares.check(call);
  HealthCheck check = health_of("storage:" + region->options.name, shares, settings);
  if (shares.ok()) check.message = region->account.signing.clock_warning(call->scheduler->wall_now());
  if (shares.ok() && !check.message.empty()) check.finding = "DEV8-CLOCK-SKEW";
  co_return check;
}

}  // namespace

Task<Result<HealthReport>> Flows::check_health(FlowContext context) {
  HealthReport report;
  auto token = co_await azure_.tokens().get(context.call, azure_.scope());
  const Status signed_in = token.ok() ? Status(Done{}) : Status(token.error());
  report.checks.push_back(health_of("credentials", signed_in, settings_));
  if (!token.ok()) co_return report;
  std::vector<Task<HealthCheck>> questions;
  for (const auto& [name, region] : azure_.regions()) {
    questions.push_back(check_group(context.call, &azure_.groups(), region.get(), settings_));
    questions.push_back(check_shares(context.call, region.get(), settings_));
  }
  auto checks = co_await when_all(std::move(questions));
  for (HealthCheck& check : checks) report.checks.push_back(std::move(check));
  co_return report;
}

namespace {

Task<StorageAllowance> ask_allowance(CallPtr call, azure::Inventory* inventory, const RegionOptions* region) {
  auto settings = co_await inventory->account(call, region->resource_group, region->storage_account);
  StorageAllowance allowance;
  allowance.account = region->storage_account;
  if (settings.ok()) {
    allowance.keys = settings->allows_keys;
    allowance.identity_mounts = settings->has_smb_oauth;
  } else {
    allowance.unknown = settings.error().message;
  }
  co_return allowance;
}

}  // namespace

Task<Result<std::vector<StorageAllowance>>> Flows::storage_allowances(FlowContext context) {
  azure::Inventory inventory(azure_.arm());
  std::vector<Task<StorageAllowance>> questions;
  std::set<const AccountServices*> asked;
  for (const auto& [name, region] : azure_.regions()) {
    if (asked.insert(&region->account).second)
      questions.push_back(ask_allowance(context.call, &inventory, &region->account.options));
  }
  auto allowances = co_await when_all(std::move(questions));
  if (context.call->cancellation->cancelled()) co_return cancelled_error(*context.call->cancellation);
  co_return allowances;
}

Task<Result<Diagnosis>> Flows::diagnose(FlowContext context, DiagnoseRequest request) {
  auto shorter = context;
  shorter.call = question_of(context.call, kHealthPatience);
  auto health = co_await check_health(shorter);
  if (!health.ok()) co_return health.error();
  Doctor doctor(settings_, azure_, quotas_);
  auto diagnosis = co_await doctor.examine(context.call, request, std::move(*health));
  if (context.call->cancellation->cancelled()) co_return cancelled_error(*context.call->cancellation);
  if (context.call->now() >= context.call->deadline) co_return deadline_error(*context.call);
  co_return diagnosis;
}

}  // namespace dev8agent::internal
