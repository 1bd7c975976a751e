// Regions and orphans into REST bodies.
#include "dev8agent/wire.h"
#include "json/write.h"

namespace dev8agent {
inline namespace DEV8AGENT_ABI {

using namespace internal;
namespace {

std::string usage_json(const std::optional<QuotaUsage>& usage) {
  if (!usage) return "null";
  return JsonObject().field("current", usage->current).field("limit", usage->limit).str();
}

std::string number_json(const std::optional<double>& number) {
  if (!number) return "null";
  const auto whole = static_cast<std::int64_t>(*number);
  return static_cast<double>(whole) == *number ? std::to_string(whole) : json::write(json::Value(*number));
}

std::string region_json(const Region& region) {
  return JsonObject()
      .field("name", region.name)
      .field("location", region.location)
      .field("default", region.is_default)
      .field("status", to_string(region.status))
      .field("detail", region.detail)
      .raw("usage", JsonObject()
                        .raw("containerGroups", usage_json(region.container_groups))
                        .raw("cores", usage_json(region.cores))
                        .str())
      .raw("maxCpuCores", number_json(region.max_cpu_cores))
      .raw("maxMemoryGB", number_json(region.max_memory_gb))
      .raw("createsLeft5m", region.creates_left ? std::to_string(*region.creates_left) : "null")
      .raw("observedAt", region.observed_at ? "\"" + format_time(*region.observed_at) + "\"" : "null")
      .str();
}

std::string orphan_json(const Orphan& orphan) {
  JsonObject shown;
  shown.field("environmentId", orphan.environment_id)
      .field("cloudRegion", orphan.cloud_region)
      .field("kind", to_string(orphan.kind))
      .field("name", orphan.name)
      .field("reason", orphan.reason)
      .field("ageMinutes", std::int64_t{orphan.age.count()});
  if (orphan.removed) shown.field("removed", *orphan.removed);
  return shown.str();
}

}  // namespace

std::string to_json(const std::vector<Orphan>& orphans) {
  std::string items;
  for (const Orphan& orphan : orphans) items += (items.empty() ? "" : ",") + orphan_json(orphan);
  return "[" + items + "]";
}

std::string to_json(const std::vector<Region>& regions) {
  std::string items;
  for (const Region& region : regions) items += (items.empty() ? "" : ",") + region_json(region);
  return "[" + items + "]";
}

std::string to_json(const SizeLimits& limits) {
  return JsonObject()
      .field("cpuCores", limits.cpu_cores)
      .field("memoryGB", limits.memory_gb)
      .field("storageGB", limits.storage_gb)
      .str();
}

}  // namespace DEV8AGENT_ABI
}  // namespace dev8agent
