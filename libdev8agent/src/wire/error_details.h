// What the answers of the REST API say of an error beyond its message.
#pragma once

#include <string>

#include "dev8agent/error.h"

namespace dev8agent::internal::wire {

// The member "details" of an error: a JSON array as text, or empty for none. With broken fields, one
// {"field", "message"} for each. Else what Azure said: one object with azureStatus, azureCode,
// azureRequestId, the container's last events and the end of its log, as far as they are known. Holds no
// secret; pure.
std::string details_of(const Error& error);

}  // namespace dev8agent::internal::wire
