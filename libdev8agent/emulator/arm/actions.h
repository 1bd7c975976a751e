// The actions of Azure's roles: which one a request needs.
#pragma once

#include <string_view>

namespace dev8agent::emulator {

// The action that an operation of Route needs, such as "Microsoft.ContainerInstance/containerGroups/read";
// empty for an operation that is not known. Source: Microsoft Learn, "Azure permissions for Containers", "...
// for Storage" and
// "... for Management and governance".
std::string_view action_of(std::string_view operation);

}  // namespace dev8agent::emulator
