// The library's version.
#pragma once

#include <string_view>

namespace dev8agent {

// "major.minor.patch" of the library that the program is linked to.
std::string_view version();

}  // namespace dev8agent
