// How many connections the process may have, which follows from its limit of open files (RLIMIT_NOFILE).
#pragma once

#include <cstddef>

#include "connection_table.h"

namespace dev8agentd {

// Raises the soft limit of open files as far as the hard limit and the agent's own largest number (32,896)
// allow, and returns it. A limit that cannot be raised stays.
std::size_t raise_descriptor_limit();

// The limits of connections with so many descriptors. 128 of them are kept for Azure, the log and what is
// open already. `per_address` 0 takes three quarters of all, so that one client cannot take all places;
// behind a proxy, all clients have one address.
ConnectionTable::Limits connection_limits(std::size_t descriptors, std::size_t per_address);

}  // namespace dev8agentd
