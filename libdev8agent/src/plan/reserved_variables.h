// Which names environment variables of a workspace's container may have, and which are the agent's own. Pure.
#pragma once

#include <string_view>

namespace dev8agent::internal::plan {

// True for 1 to 63 characters A-Z a-z 0-9 _ without a digit first. Source: Microsoft Learn, "Naming rules and
// restrictions for Azure resources": ACI environment variables.
bool is_variable_name(std::string_view name);

// True for every variable that group_spec() sets by itself, whatever the settings, but for tool_variables(),
// and for all that begin with DEV8_ or SUPERVISOR_.
bool is_reserved_variable(std::string_view name);

// True for the variables of secrets with a field of their own in requests, such as GITHUB_TOKEN, which a
// request may leave out: an operator may give a value for those that do. The password of code-server is not
// among them, because the library makes one.
bool is_optional_secret(std::string_view name);

}  // namespace dev8agent::internal::plan
