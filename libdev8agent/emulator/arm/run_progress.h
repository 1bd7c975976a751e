// What Azure shows of containers that really run: see rollout.h for those that do not.
#pragma once

#include <optional>
#include <vector>

#include "arm/rollout.h"
#include "dev8agent/container_runtime.h"

namespace dev8agent::emulator {

// Puts the state of the container of index `shown` into `progress`, which is that of its working rollout
// after `up`. `stopped`: since when its group is stopped. Pure. Source of the words: Learn, "Azure Container
// Instances states" and "Troubleshoot common issues in Azure Container Instances".
void show_run(const std::vector<ContainerStatus>& containers, std::size_t shown, const std::string& name,
              std::optional<TimePoint> stopped, Progress& progress);

}  // namespace dev8agent::emulator
