// The order of regions for searching and creating.
#include "plan/regions.h"

#include <algorithm>

#include "base/text.h"

namespace dev8agent::internal::plan {

Regions regions_to_search(const std::string& named, const AgentSettings& settings) {
  if (const RegionOptions* region = named.empty() ? nullptr : settings.region(named)) return {region};
  Regions enabled;
  for (const RegionOptions& region : settings->regions) {
    if (region.enabled) enabled.push_back(&region);
  }
  return enabled;
}

Regions regions_to_create_in(const CreateRequest& request, const AgentSettings& settings) {
  const bool choose = equal_ignoring_case(request.cloud_region, "auto");
  const RegionOptions* preferred = settings.region(settings->default_region);
  if (!choose) return {request.cloud_region.empty() ? preferred : settings.region(request.cloud_region)};
  Regions regions;
  const auto add = [&](const RegionOptions* region) {
    if (region != nullptr && std::find(regions.begin(), regions.end(), region) == regions.end())
      regions.push_back(region);
  };
  for (const std::string& name : request.candidate_regions) add(settings.region(name));
  if (!regions.empty()) return regions;
  add(preferred);
  for (const RegionOptions* region : regions_to_search("", settings)) add(region);
  return regions;
}

bool share_one_place(const RegionOptions& a, const RegionOptions& b) {
  return equal_ignoring_case(a.resource_group, b.resource_group) &&
         equal_ignoring_case(a.storage_account, b.storage_account);
}

bool share_one_place(const Regions& regions) {
  return std::all_of(regions.begin(), regions.end(),
                     [&](const RegionOptions* region) { return share_one_place(*region, *regions.front()); });
}

bool try_next_region(const Error& error) {
  return error.code == ErrorCode::kCapacityUnavailable || error.code == ErrorCode::kQuotaExceeded;
}

Error exists_in_other_region(const std::string& id, const std::string& region) {
  return make_error(ErrorCode::kConflict, "environment " + id + " exists with another cloudRegion (" +
                                              region + "); nothing was changed");
}

}  // namespace dev8agent::internal::plan
