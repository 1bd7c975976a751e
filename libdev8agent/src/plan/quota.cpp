// The rules of a region's quota.
#include "plan/quota.h"

namespace dev8agent::internal::plan {
namespace {

std::string figures(const QuotaUsage& usage, const std::string& what) {
  return std::to_string(usage.current) + " of " + std::to_string(usage.limit) + " " + what + " in use";
}

}  // namespace

std::optional<Error> refuse_for_quota(const RegionQuota& quota, int cpu_cores, const std::string& region) {
  const auto& groups = quota.container_groups;
  const auto& cores = quota.cores;
  const bool groups_full = groups && groups->current >= groups->limit;
  const bool cores_full = cores && cores->current + cpu_cores > cores->limit;
  if (!groups_full && !cores_full) return std::nullopt;
  return make_error(ErrorCode::kQuotaExceeded,
                    "the subscription's quota in region " + region +
                        " has no room for another environment: " +
                        (groups_full ? figures(*groups, "container groups") : figures(*cores, "cores")) +
                        "; nothing was changed");
}

RegionQuota with_group(RegionQuota quota, int cpu_cores) {
  if (quota.container_groups) ++quota.container_groups->current;
  if (quota.cores) quota.cores->current += cpu_cores;
  return quota;
}

}  // namespace dev8agent::internal::plan
