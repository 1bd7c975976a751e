// The handlers of the daemon's endpoints: each answers a request that the gate has let in. None blocks.
#pragma once

#include "agent.h"
#include "message.h"
#include "reply.h"

namespace dev8agentd {

// About the agent itself.
Reply show_index(const Request& request, Agent& agent);
Reply show_health(const Request& request, Agent& agent);
Reply show_ready(const Request& request, Agent& agent);
Reply show_live(const Request& request, Agent& agent);
Reply show_metrics(const Request& request, Agent& agent);

// About environments.
Reply create_environment(const Request& request, Agent& agent);
Reply list_environments(const Request& request, Agent& agent);
Reply get_environment(const Request& request, Agent& agent);
Reply start_environment(const Request& request, Agent& agent);
Reply stop_environment(const Request& request, Agent& agent);
Reply delete_environment(const Request& request, Agent& agent);
Reply restart_environment(const Request& request, Agent& agent);
Reply show_events(const Request& request, Agent& agent);
Reply show_many_events(const Request& request, Agent& agent);
Reply show_logs(const Request& request, Agent& agent);
Reply report_activity(const Request& request, Agent& agent);

// About operations.
Reply list_operations(const Request& request, Agent& agent);
Reply show_operation(const Request& request, Agent& agent);
Reply cancel_operation(const Request& request, Agent& agent);

}  // namespace dev8agentd
