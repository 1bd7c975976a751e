// What is told of files that a delete has kept (is_kept() in plan/observation.h). Pure.
#pragma once

#include <string>

#include "dev8agent/environment.h"
#include "plan/observation.h"

namespace dev8agent::internal::plan {

// `share`: one that is kept, of environment `id`, in the storage account of that name.
KeptFiles kept_files(const std::string& id, const std::string& account, const SeenShare& share);

// kConflict: files of `id` are kept in several regions, and the request names none of them.
Error kept_in_regions(const std::string& id, const std::string& regions);

// kNotFound for an environment of which only these files are left, with their place as fields.
Error not_found_but_kept(const std::string& id, const KeptFiles& kept);

}  // namespace dev8agent::internal::plan
