// RegionQuotas: one question for all who want to know a region's quota.
#include "orchestrator/region_quotas.h"

#include <algorithm>

#include "base/text.h"

namespace dev8agent::internal {
namespace {

constexpr std::chrono::seconds kFresh{60};
constexpr std::chrono::seconds kAfterFailure{5};  // then people who look are told anew
constexpr std::chrono::minutes kLimitsFresh{60};
constexpr std::chrono::minutes kCreatesWindow{5};  // of x-ms-ratelimit-...-resource-requests-pt5m
constexpr std::chrono::seconds kQuotaPatience{3};  // of a create
constexpr int kLeastCores = 1;                     // of the smallest environment

plan::RegionQuota quota_of(const std::vector<azure::Usage>& usages) {
  plan::RegionQuota quota;
  for (const azure::Usage& usage : usages) {
    if (equal_ignoring_case(usage.name, "ContainerGroups"))
      quota.container_groups = {usage.current, usage.limit};
    if (equal_ignoring_case(usage.name, "StandardCores")) quota.cores = {usage.current, usage.limit};
  }
  return quota;
}

}  // namespace

Task<Status> RegionQuotas::check_room(CallPtr call, const RegionOptions& region, int cpu_cores) {
  const TimePoint begun_at = scheduler_.now();
  const CallPtr question = question_of(call, kQuotaPatience);
  for (const TimePoint not_before : {begun_at - kFresh, begun_at}) {
    auto asked = co_await refresh(question, region, not_before);
    const Known& now = known(region);
    if (!asked.ok() || !now.quota) break;
    auto refused = plan::refuse_for_quota(*now.quota, cpu_cores, region.name);
    if (!refused) break;
    if (now.asked_at >= begun_at) co_return *refused;
  }
  if (call->cancellation->cancelled()) co_return cancelled_error(*call->cancellation);
  co_return Done{};
}

Task<Region> RegionQuotas::describe(CallPtr call, const RegionOptions& region) {
  Region shown;
  shown.name = region.name;
  shown.location = region.location;
  const std::chrono::seconds fresh = known(region).failure ? kAfterFailure : kFresh;
  auto asked = co_await refresh(call, region, scheduler_.now() - fresh);
  auto limits = co_await ask_limits(call, region);
  const Known& is = known(region);
  const std::optional<Error> failure = !asked.ok() ? std::optional(asked.error()) : is.failure;
  if (is.limits && limits.ok()) {
    shown.max_cpu_cores = is.limits->max_cpu_cores;
    shown.max_memory_gb = is.limits->max_memory_gb;
  }
  if (is.creates_left && scheduler_.now() - is.told_at < kCreatesWindow) shown.creates_left = is.creates_left;
  if (failure || !is.quota) {
    shown.detail = failure ? failure->message : "";
    co_return shown;
  }
  shown.container_groups = is.quota->container_groups;
  shown.cores = is.quota->cores;
  shown.observed_at = is.observed_at;
  const auto full = plan::refuse_for_quota(*is.quota, kLeastCores, region.name);
  shown.status = full ? RegionStatus::kFull : RegionStatus::kAvailable;
  if (full) shown.detail = full->message;
  co_return shown;
}

Task<Status> RegionQuotas::refresh(CallPtr call, const RegionOptions& region, TimePoint not_before) {
  const auto is_known = [this, &region, not_before] {
    const Known& now = known(region);
    return (now.quota || now.failure) && now.asked_at >= not_before;
  };
  if (is_known()) co_return Done{};
  auto hold = co_await locks_.acquire(call, region.location);
  if (!hold.ok()) co_return hold.error();
  if (is_known()) co_return Done{};
  const TimePoint asked_at = scheduler_.now();
  auto usages = co_await groups_.usages(call, region.location);
  // A caller that has left says nothing about Azure.
  if (call->cancellation->cancelled()) co_return cancelled_error(*call->cancellation);
  Known& now = known(region);
  now.asked_at = asked_at;
  now.observed_at = scheduler_.wall_now();
  now.quota = usages.ok() ? std::optional(quota_of(*usages)) : std::nullopt;
  now.failure = usages.ok() ? std::nullopt : std::optional(usages.error());
  co_return Done{};
}

Task<Status> RegionQuotas::ask_limits(CallPtr call, const RegionOptions& region) {
  auto hold = co_await locks_.acquire(call, region.location);
  if (!hold.ok()) co_return hold.error();
  const TimePoint asked_at = scheduler_.now();
  if (known(region).limits && asked_at - known(region).limits_asked_at < kLimitsFresh) co_return Done{};
  auto limits = co_await groups_.limits(call, region.location);
  if (!limits.ok()) co_return limits.error();
  known(region).limits = *limits;
  known(region).limits_asked_at = asked_at;
  co_return Done{};
}

void RegionQuotas::note_created(const RegionOptions& region, int cpu_cores) {
  Known& now = known(region);
  if (now.quota) now.quota = plan::with_group(*now.quota, cpu_cores);
}

void RegionQuotas::note_creates_left(const RegionOptions& region, std::optional<int> left) {
  if (!left) return;
  known(region).creates_left = left;
  known(region).told_at = scheduler_.now();
}

}  // namespace dev8agent::internal
