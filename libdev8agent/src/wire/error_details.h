// What answers say of an error beyond its message.
#pragma once

#include <string>

#include "dev8agent/error.h"

namespace dev8agent::internal::wire {

// For 400: the fields. For Azure's failures: what Azure said. A JSON array, or nothing.
std::string details_of(const Error& error);

}  // namespace dev8agent::internal::wire
