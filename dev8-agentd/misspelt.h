// Variables whose names look like a known one with a typing error.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "dev8agent/options.h"

namespace dev8agentd {

// Each variable whose name differs from every one of `known`, and from one of them in at most two letters:
// its name, and the nearest known one.
std::vector<std::pair<std::string, std::string>> misspelt_variables(const dev8agent::Variables& variables,
                                                                    const std::vector<std::string>& known);

}  // namespace dev8agentd
