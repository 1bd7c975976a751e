// Whether a region's quota has room for another container group. Pure.
#pragma once

#include <optional>
#include <string>

#include "dev8agent/error.h"
#include "dev8agent/region.h"

namespace dev8agent::internal::plan {

// What Azure tells of a subscription's use of a region. A quota that Azure does not tell is not known, and
// stands against nothing.
struct RegionQuota {
  std::optional<QuotaUsage> container_groups{};  // "ContainerGroups"
  std::optional<QuotaUsage> cores{};             // "StandardCores"
};

// kQuotaExceeded with the figures when one more group of `cpu_cores` cores cannot fit, else nothing.
std::optional<Error> refuse_for_quota(const RegionQuota& quota, int cpu_cores, const std::string& region);

// `quota` with one more group of `cpu_cores` cores.
RegionQuota with_group(RegionQuota quota, int cpu_cores);

}  // namespace dev8agent::internal::plan
