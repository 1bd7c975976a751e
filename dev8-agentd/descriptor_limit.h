// How many connections the process may have, by its limit of open files.
#pragma once

#include <cstddef>

#include "connection_table.h"

namespace dev8agentd {

// Raises the soft limit of open files to the hard one and returns what it is then.
std::size_t raise_descriptor_limit();

// The limits of connections with so many descriptors: some are kept for Azure, the log and what is open
// already. `per_address` 0 takes three quarters of all: a proxy is one address.
ConnectionTable::Limits connection_limits(std::size_t descriptors, std::size_t per_address);

}  // namespace dev8agentd
