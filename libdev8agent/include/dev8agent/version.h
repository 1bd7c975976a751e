// The library's version, for programs that show or check it. Any thread.
//
//   std::cout << "libdev8agent " << dev8agent::version() << "\n";
#pragma once

#include <string_view>

#include "dev8agent/export.h"

namespace dev8agent {
inline namespace DEV8AGENT_ABI {

// "major.minor.patch" of the library that the program is linked to.
DEV8AGENT_EXPORT std::string_view version();

}  // namespace DEV8AGENT_ABI
}  // namespace dev8agent
