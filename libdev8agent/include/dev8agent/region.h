// Region: a configured Azure region, with what the subscription may still make there. Plain values; any
// thread.
//
//   auto regions = orchestrator.regions().get();
//   if (!regions.ok()) return fail(regions.error());
//   for (const dev8agent::Region& region : *regions) {
//     std::puts((region.name + " " + std::string(to_string(region.status))).c_str());
//   }
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "dev8agent/export.h"
#include "dev8agent/scheduler.h"

namespace dev8agent {
inline namespace DEV8AGENT_ABI {

// A quota of the subscription in a region.
struct QuotaUsage {
  std::int64_t current = 0;
  std::int64_t limit = 0;

  bool operator==(const QuotaUsage&) const = default;
};

// kAvailable: the quota has room for the smallest environment. kFull: it has none, so a create there fails.
// kUnknown: Azure could not be asked. kDisabled: the settings do not enable the region.
enum class RegionStatus { kAvailable, kFull, kUnknown, kDisabled };

// The upper-case word of the REST contract, such as "AVAILABLE".
DEV8AGENT_EXPORT std::string_view to_string(RegionStatus status);

struct Region {
  std::string name{};       // what requests call it
  std::string location{};   // Azure's name
  bool is_default = false;  // for a create that names no region
  RegionStatus status = RegionStatus::kUnknown;
  std::string detail{};  // why the region is full or unknown; empty otherwise
  // What follows is missing where Azure does not tell it. "ContainerGroups" and "StandardCores" of Azure's
  // usages. A stopped environment counts as a container group and holds no cores.
  std::optional<QuotaUsage> container_groups{};
  std::optional<QuotaUsage> cores{};
  // The largest container group that Azure has in this region.
  std::optional<double> max_cpu_cores{};
  std::optional<double> max_memory_gb{};
  // How many more creates and deletes Azure takes in five minutes: what it told with the answer to this
  // process's last one there, if that is less than five minutes ago.
  std::optional<int> creates_left{};
  std::optional<WallTime> observed_at{};  // when Azure told the usage; at most 60 s ago
};

}  // namespace DEV8AGENT_ABI
}  // namespace dev8agent
