// AZURE_REGIONS and the rules of regions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/variables.h"

namespace dev8agent::internal {

// Parses name:location:enabled[:resourceGroup[:storageAccount]],... Malformed items are reported.
std::vector<RegionOptions> parse_regions(std::string_view text, FieldErrors& errors);
// The inverse.
std::string format_regions(const std::vector<RegionOptions>& regions);

// Normalises names and fills in what regions inherit: location, resource group, storage account and its key.
// Without any region, the default region is the only one.
void complete_regions(AgentOptions& options);
// Checks the regions of completed options, and the default region among them.
void check_regions(const AgentOptions& options, FieldErrors& errors);

}  // namespace dev8agent::internal
