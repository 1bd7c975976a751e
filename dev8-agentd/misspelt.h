// Variables whose names look like a known one with a typing error: AGENT_PROT for AGENT_PORT. A start warns
// of them, because an unknown variable would be ignored in silence.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "dev8agent/options.h"

namespace dev8agentd {

// Each variable whose name is not in `known`, but differs from a known one in at most two letters (inserted,
// removed or replaced): its name, and the nearest known one. Names shorter than 7 letters are left out,
// because they are near to everything. Pure.
std::vector<std::pair<std::string, std::string>> misspelt_variables(const dev8agent::Variables& variables,
                                                                    const std::vector<std::string>& known);

}  // namespace dev8agentd
