// Decides before a request's body is read whether the request is let in at all.
#pragma once

#include <optional>

#include "agent.h"
#include "message.h"

namespace dev8agentd {

// Finds the request's route. The answer when it ends here: unknown path, other method, preflight, foreign
// origin, no key, too many requests, draining, or a body that is not JSON.
std::optional<Response> turn_away(Request& request, Agent& agent);

}  // namespace dev8agentd
