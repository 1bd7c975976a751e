// Decides before a request's body is looked at whether the request is let in at all.
#pragma once

#include <optional>

#include "agent.h"
#include "message.h"

namespace dev8agentd {

// Finds the request's route. The answer when it ends here: over the rate limit, a foreign host or origin,
// unknown path, other method, preflight, no key, draining, or a body that is not JSON.
std::optional<Response> turn_away(Request& request, Agent& agent);

// Counts a request that was refused while it was read; the answer when its caller sends too many.
std::optional<Response> over_rate(const Request& request, Agent& agent);

}  // namespace dev8agentd
