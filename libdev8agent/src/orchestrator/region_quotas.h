// RegionQuotas: what Azure tells of each region's quota, asked once for all who want to know it. Owned by
// Flows; loop thread only.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "azure/container_groups.h"
#include "base/signal.h"
#include "dev8agent/options.h"
#include "plan/quota.h"

namespace dev8agent::internal {

class RegionQuotas {
 public:
  // The arguments must outlive this object.
  RegionQuotas(Scheduler& scheduler, azure::ContainerGroups& groups)
      : scheduler_(scheduler), groups_(groups), locks_(scheduler) {}

  // kQuotaExceeded when a new group of `cpu_cores` cores cannot be made in `region`. A refusal rests on what
  // Azure was asked during this call; to let a create pass, an observation of the last 60 s is enough. What
  // is not known refuses nothing. Waits for Azure at most 3 s.
  Task<Status> check_room(CallPtr call, const RegionOptions& region, int cpu_cores);

  // One region as callers see it; Azure is asked when the last observation is more than 60 s old. An Azure
  // that does not answer makes the status kUnknown.
  Task<Region> describe(CallPtr call, const RegionOptions& region);

  // Azure has accepted a new group of `cpu_cores` cores, which the last observation does not count yet.
  void note_created(const RegionOptions& region, int cpu_cores);
  // What Azure has told with the answer to a PUT or DELETE.
  void note_creates_left(const RegionOptions& region, std::optional<int> left);

 private:
  // What is known of one location.
  struct Known {
    std::optional<plan::RegionQuota> quota{};    // nothing: Azure has not told it
    std::optional<azure::GroupLimits> limits{};  // nothing: Azure has not told them
    std::optional<Error> failure{};              // of the last question
    TimePoint asked_at{};
    TimePoint limits_asked_at{};
    WallTime observed_at{};
    std::optional<int> creates_left{};
    TimePoint told_at{};  // creates_left
  };

  Known& known(const RegionOptions& region) { return by_location_[region.location]; }
  // Asks Azure unless it was asked at `not_before` or later. Who asks at the same time waits for one answer.
  // An error only of the call itself; Azure's is in Known::failure.
  Task<Status> refresh(CallPtr call, const RegionOptions& region, TimePoint not_before);
  Task<Status> ask_limits(CallPtr call, const RegionOptions& region);

  Scheduler& scheduler_;
  azure::ContainerGroups& groups_;
  KeyedLock locks_;  // by location
  std::map<std::string, Known> by_location_;
};

}  // namespace dev8agent::internal
