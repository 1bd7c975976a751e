// Which regions to look in and which to create in. Pure. Requests name regions; from here on, code carries
// pointers to the settings' regions.
#pragma once

#include <string>
#include <vector>

#include "dev8agent/environment.h"
#include "dev8agent/options.h"

namespace dev8agent::internal::plan {

// Regions of the settings, which own them and must outlive this. None is null when the request has passed
// plan/validate.h.
using Regions = std::vector<const RegionOptions*>;

// The regions to search for an environment: the named one, or every enabled one. A name that is not an
// enabled region counts as none, as in an operation id of a process with other settings.
Regions regions_to_search(const std::string& named, const AgentSettings& settings);

// The regions in which a create may place the environment, in order: the named one or the default one alone,
// which is never left silently; with "auto" the given candidates, or the default region and then every other
// enabled one. Each region occurs once.
Regions regions_to_create_in(const CreateRequest& request, const AgentSettings& settings);

// True when both keep their containers and files in the same resource group and storage account. There a name
// is taken once, whatever the region, and one question to Azure answers for both.
bool share_one_place(const RegionOptions& a, const RegionOptions& b);
// True when all of `regions` do; also for one region alone.
bool share_one_place(const Regions& regions);

// True when a failure in one region is a reason to try the next: no capacity, no quota.
bool try_next_region(const Error& error);

// kConflict: the id is there already, in another region than a create asks for. `region` is where.
Error exists_in_other_region(const std::string& id, const std::string& region);

}  // namespace dev8agent::internal::plan
