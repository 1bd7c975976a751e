// The two names of an option: its variable and its member. Pure, any thread.
#pragma once

#include <string>
#include <string_view>

#include "config/variables.h"

namespace dev8agent::internal {

// "AZURE_SUBNET_ID" -> "options.subnet_id"; empty for what is no variable of an option. A variable that sets
// a part of a list stands for the list.
std::string_view member_of(std::string_view variable);

// Puts members in the place of variables, in the fields and in the texts:
// {"AZURE_MOUNT_IDENTITY", "is used with AZURE_MOUNT_AUTH=identity ..."} becomes
// {"options.storage_access.mount_identity", "is used with options.storage_access.mount=identity ..."}.
void name_members(FieldErrors& errors);

}  // namespace dev8agent::internal
