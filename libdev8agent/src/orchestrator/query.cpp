// Get, list, health: questions only.
#include <algorithm>
#include <set>
#include <tuple>

#include "base/text.h"
#include "orchestrator/flows.h"
#include "plan/names.h"
#include "plan/regions.h"

namespace dev8agent {
namespace {

constexpr std::size_t kLooksAtOnce = 16;
constexpr std::string_view kHealthGroup = "dev8-health";    // no environment's name: the answer is 404
constexpr std::string_view kHealthPrefix = "dev8-health-";  // matches no share: the answer is an empty list

HealthCheck health_of(std::string name, const Status& outcome) {
  return {std::move(name), outcome.ok(), outcome.ok() ? "" : outcome.error().message};
}

}  // namespace

Task<Result<Environment>> Flows::get(FlowContext context, GetRequest request) {
  auto located =
      co_await locate(context, request.id, plan::regions_to_search(request.cloud_region, settings_));
  if (!located.ok()) co_return located.error();
  if (located->sites.empty()) {
    co_return make_error(ErrorCode::kNotFound, "environment " + request.id + " does not exist");
  }
  co_return view(*located->sites.front());
}

// The environments of one region: its groups and shares, joined by id.
Task<Result<std::vector<SitePtr>>> Flows::list_sites(FlowContext context, std::string region) {
  RegionServices& services = azure_.region(region);
  auto groups = co_await azure_.groups().list(context.call, services.options.resource_group);
  if (!groups.ok()) co_return groups.error();
  auto shares = co_await services.shares.list(context.call, std::string(plan::kSharePrefix));
  if (!shares.ok()) co_return shares.error();
  std::map<std::string, SitePtr> by_id;
  const auto site_of = [&](const std::string& id) {
    auto& site = by_id[id];
    if (!site) site = make_site(context, services, id);
    return site;
  };
  for (ContainerGroup& group : *groups) {
    auto id = plan::id_of_group(group.name);
    const bool here = same_location(group.location, services.options.location);
    if (id && here && plan::owned(group.tags, *id)) site_of(*id)->seen.group = std::move(group);
  }
  for (FileShare& share : *shares) {
    auto id = plan::id_of_share(share.name);
    if (!id) continue;
    // Regions may share a storage account; a share belongs where its group is, or where its facts say.
    const plan::Facts facts = plan::from_metadata(share.metadata);
    const bool elsewhere = !facts.region.empty() && facts.region != region;
    if (!by_id.contains(*id) && (elsewhere || facts.id != *id)) continue;
    site_of(*id)->seen.share = std::move(share);
  }
  std::vector<SitePtr> sites;
  for (auto& [id, site] : by_id) sites.push_back(std::move(site));
  co_return sites;
}

// A list shows no instance view, so whether a group runs takes one GET for each (Azure's own clients do the
// same).
Task<Status> Flows::look_at_groups(std::vector<SitePtr> sites) {
  std::erase_if(sites, [](const SitePtr& site) { return !site->seen.group; });
  for (std::size_t first = 0; first < sites.size(); first += kLooksAtOnce) {
    std::vector<Task<Status>> looks;
    for (std::size_t i = first; i < std::min(first + kLooksAtOnce, sites.size()); ++i) {
      looks.push_back(look_at_group(sites[i]));
    }
    auto results = co_await when_all(std::move(looks));
    for (Status& result : results) {
      if (!result.ok()) co_return result;
    }
  }
  co_return Done{};
}

Task<Result<EnvironmentPage>> Flows::list(FlowContext context, ListRequest request) {
  std::vector<Task<Result<std::vector<SitePtr>>>> lists;
  for (const std::string& region : plan::regions_to_search(request.cloud_region, settings_)) {
    lists.push_back(list_sites(context, region));
  }
  auto results = co_await when_all(std::move(lists));
  std::vector<SitePtr> sites;
  std::set<std::pair<std::string, std::string>> shares_alone;  // each once, also of an account of two regions
  for (auto& result : results) {
    if (!result.ok()) co_return result.error();
    for (SitePtr& site : *result) {
      if (!site->seen.group && !shares_alone.emplace(site->region->options.storage_account, site->id).second)
        continue;
      const bool wanted = request.user_id.empty() || plan::facts_of(site->seen).user_id == request.user_id;
      if (wanted) sites.push_back(std::move(site));
    }
  }
  if (request.status) {
    auto looked = co_await look_at_groups(sites);
    if (!looked.ok()) co_return looked.error();
    std::erase_if(sites, [&](const SitePtr& site) {
      return !site->seen.any() || view(*site).status != *request.status;
    });
  }
  std::sort(sites.begin(), sites.end(), [](const SitePtr& a, const SitePtr& b) {
    const WallTime a_made = plan::facts_of(a->seen).created_at;
    const WallTime b_made = plan::facts_of(b->seen).created_at;
    return std::tie(b_made, a->id) < std::tie(a_made, b->id);
  });

  EnvironmentPage page;
  page.total = static_cast<int>(sites.size());
  page.page = request.page;
  page.page_size = request.page_size;
  const std::size_t first =
      (static_cast<std::size_t>(request.page) - 1) * static_cast<std::size_t>(request.page_size);
  std::vector<SitePtr> shown;
  for (std::size_t i = first; i < sites.size() && shown.size() < static_cast<std::size_t>(request.page_size);
       ++i) {
    shown.push_back(sites[i]);
  }
  if (!request.status) {
    auto looked = co_await look_at_groups(shown);
    if (!looked.ok()) co_return looked.error();
  }
  for (const SitePtr& site : shown) {
    // Deleted between the list and the look: gone, whatever the list said.
    if (site->seen.any()) page.environments.push_back(view(*site));
  }
  co_return page;
}

namespace {

// The questions that every operation asks: for a group of the region's resource group, and for its shares.
Task<HealthCheck> check_group(CallPtr call, azure::ContainerGroups* groups, RegionServices* region) {
  auto group = co_await groups->get(call, region->options.resource_group, std::string(kHealthGroup));
  co_return health_of("azure:" + region->options.name, group.ok() ? Status(Done{}) : Status(group.error()));
}

Task<HealthCheck> check_shares(CallPtr call, RegionServices* region) {
  auto shares = co_await region->shares.list(call, std::string(kHealthPrefix));
  HealthCheck check =
      health_of("storage:" + region->options.name, shares.ok() ? Status(Done{}) : Status(shares.error()));
  if (shares.ok()) check.message = region->shares.clock_warning(call->scheduler->wall_now());
  co_return check;
}

}  // namespace

Task<Result<HealthReport>> Flows::check_health(FlowContext context) {
  HealthReport report;
  auto token = co_await azure_.tokens().get(context.call, azure_.scope());
  report.checks.push_back(health_of("credentials", token.ok() ? Status(Done{}) : Status(token.error())));
  if (!token.ok()) co_return report;
  std::vector<Task<HealthCheck>> questions;
  for (const auto& [name, region] : azure_.regions()) {
    questions.push_back(check_group(context.call, &azure_.groups(), region.get()));
    questions.push_back(check_shares(context.call, region.get()));
  }
  auto checks = co_await when_all(std::move(questions));
  for (HealthCheck& check : checks) report.checks.push_back(std::move(check));
  co_return report;
}

}  // namespace dev8agent
