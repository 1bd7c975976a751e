// The order of regions for searching and creating.
#include "plan/regions.h"

#include <algorithm>

#include "base/text.h"

namespace dev8agent::internal::plan {

std::vector<std::string> regions_to_search(const std::string& named, const AgentSettings& settings) {
  if (const RegionOptions* region = named.empty() ? nullptr : settings.region(named)) return {region->name};
  std::vector<std::string> names;
  for (const RegionOptions& region : settings->regions) {
    if (region.enabled) names.push_back(region.name);
  }
  return names;
}

std::vector<std::string> regions_to_create_in(const CreateRequest& request, const AgentSettings& settings) {
  const bool choose = equal_ignoring_case(request.cloud_region, "auto");
  const std::string& named = request.cloud_region.empty() ? settings->default_region : request.cloud_region;
  if (!choose) return {settings.region(named)->name};
  std::vector<std::string> wanted = request.candidate_regions;
  if (wanted.empty()) {
    wanted = regions_to_search("", settings);
    auto preferred = std::find(wanted.begin(), wanted.end(), settings->default_region);
    if (preferred != wanted.end()) std::rotate(wanted.begin(), preferred, preferred + 1);
  }
  std::vector<std::string> names;
  for (const std::string& name : wanted) {
    const std::string& canonical = settings.region(name)->name;
    if (std::find(names.begin(), names.end(), canonical) == names.end()) names.push_back(canonical);
  }
  return names;
}

bool try_next_region(const Error& error) {
  return error.code == ErrorCode::kCapacityUnavailable || error.code == ErrorCode::kQuotaExceeded;
}

Error exists_in_other_region(const std::string& id, const std::string& region) {
  return make_error(ErrorCode::kConflict, "environment " + id + " exists with another cloudRegion (" +
                                              region + "); nothing was changed");
}

}  // namespace dev8agent::internal::plan
