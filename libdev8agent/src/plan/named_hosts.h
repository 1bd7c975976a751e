// Hosts by the setting that names them, for what is told about a name that cannot be resolved. Pure.
//
//   check.finding = connection_finding(error, settings);
//   check.message = connection_detail(error, settings);
#pragma once

#include <string>
#include <string_view>

#include "dev8agent/error.h"
#include "dev8agent/options.h"

namespace dev8agent::internal::plan {

// finding_of() with what the settings tell: a storage account whose host name is unknown has a finding of its
// own, because most often there is no account of that name.
std::string_view connection_finding(const Error& error, const AgentSettings& settings);

// The error's message. Of a name that cannot be resolved it also says whose it is: "... (the storage account
// dev8files)".
std::string connection_detail(const Error& error, const AgentSettings& settings);

}  // namespace dev8agent::internal::plan
