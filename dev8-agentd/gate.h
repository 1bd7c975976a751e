// The gate: decides whether a request is let in at all, before anything looks at its body. Any thread.
#pragma once

#include <optional>

#include "agent.h"
#include "message.h"

namespace dev8agentd {

// Finds the request's route and caller, and enters them into `request`. Nothing when the request is let in.
// Else the answer; the checks are, in this order: rate limit (429; not for probes), foreign host or origin
// (421, 403; without API keys only), unknown path or method (404, 405, or 204 for OPTIONS), key (401),
// shutdown (503), and a body that is not JSON (415).
std::optional<Response> reject_early(Request& request, Agent& agent);

// For a request that was refused while it was read, whose caller is known by address only: takes a token of
// the address's rate limit. The answer (429) when there is none left, else nothing.
std::optional<Response> over_rate(Request& request, Agent& agent);

}  // namespace dev8agentd
