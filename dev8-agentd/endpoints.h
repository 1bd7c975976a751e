// The answers of the daemon's endpoints.
#pragma once

#include "agent.h"
#include "message.h"

namespace dev8agentd {

// Answers a request that the gate has let in.
Response answer(const Request& request, Agent& agent);

// The two groups of endpoints: about the agent itself, and about environments.
Response answer_probe(const Request& request, Agent& agent);
Response answer_environment(const Request& request, Agent& agent);

}  // namespace dev8agentd
