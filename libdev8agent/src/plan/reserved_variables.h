// Which names of environment variables are the agent's own in a workspace's container. Pure.
#pragma once

#include <string_view>

namespace dev8agent::internal::plan {

// True for every variable that group_spec() sets by itself, whatever the settings, and for all that begin
// with DEV8_ or SUPERVISOR_.
bool is_reserved_variable(std::string_view name);

}  // namespace dev8agent::internal::plan
