// AZURE_REGIONS and the rules of regions. Used while the configuration is read and finalised; pure, any
// thread.
//
//   AZURE_REGIONS=eastus:eastus:true,europe:westeurope:true:my-group-eu:myaccounteu
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/variables.h"

namespace dev8agent::internal {

// Parses name:location:enabled[:resourceGroup[:storageAccount]],... Blanks around a field are ignored. A
// malformed item is reported in `errors` by its position, and still returned, so that the checks of other
// items go on. Names are returned as they were written.
std::vector<RegionOptions> parse_regions(std::string_view text, FieldErrors& errors);
// The inverse: text that parse_regions() reads back to the same regions. Keys are left out.
std::string format_regions(const std::vector<RegionOptions>& regions);

// Normalises names and locations, and fills in what a region inherits: its location from its name, and
// resource group, storage account and key from `options`. The common key goes only to regions of the common
// account. Without any region, the default region ("eastus" unless set) is the only one.
void complete_regions(AgentOptions& options);
// Checks the regions of options that complete_regions() has completed, and that the default region is one of
// the enabled ones. Appends every broken rule to `errors`. Inherited values are checked where they come from.
void check_regions(const AgentOptions& options, FieldErrors& errors);

// True when all enabled regions have the same value of `option`, such as &RegionOptions::location.
bool enabled_regions_share(const std::vector<RegionOptions>& regions, std::string RegionOptions::*option);

}  // namespace dev8agent::internal
