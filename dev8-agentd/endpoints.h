// The handlers of the daemon's endpoints. Each answers a request that the gate has let in: the route is
// known, the caller may use it, and a body is JSON by its Content-Type, if it has one. A handler reads its
// parameters, calls the orchestrator and says how to word the outcome. It runs on a worker thread and must
// not block: what takes time is a Pending.
//
// The table of routes is in routes.cpp, the bodies are described in docs/rest.md. Request::path_id is the
// {id} of the path, empty for the routes that have the id in the body.
#pragma once

#include "agent.h"
#include "message.h"
#include "reply.h"

namespace dev8agentd {

// About the agent itself: probes.cpp. They answer at once, from what the agent knows.
Reply show_index(const Request& request, Agent& agent);
Reply show_health(const Request& request, Agent& agent);
Reply show_ready(const Request& request, Agent& agent);
Reply show_live(const Request& request, Agent& agent);
Reply show_metrics(const Request& request, Agent& agent);

// Embedded files: embedded_endpoints.cpp. The console is 404 unless AGENT_CONSOLE is set.
Reply show_openapi(const Request& request, Agent& agent);
Reply show_console(const Request& request, Agent& agent);
Reply show_console_script(const Request& request, Agent& agent);
Reply show_console_style(const Request& request, Agent& agent);
// What the embedded emulator holds; 404 without one.
Reply show_emulator(const Request& request, Agent& agent);

// About environments: environments.cpp. All but report_activity() wait for the orchestrator. `start`, `stop`
// and `delete` serve two routes each: the id in the path, or in the body.
Reply create_environment(const Request& request, Agent& agent);
Reply list_environments(const Request& request, Agent& agent);
Reply get_environment(const Request& request, Agent& agent);
Reply start_environment(const Request& request, Agent& agent);
Reply stop_environment(const Request& request, Agent& agent);
Reply delete_environment(const Request& request, Agent& agent);
Reply restart_environment(const Request& request, Agent& agent);
Reply update_environment(const Request& request, Agent& agent);
Reply restore_environment(const Request& request, Agent& agent);
Reply show_events(const Request& request, Agent& agent);
Reply show_many_events(const Request& request, Agent& agent);
Reply show_logs(const Request& request, Agent& agent);
Reply report_activity(const Request& request, Agent& agent);

// About the subscription: region_endpoints.cpp.
Reply list_regions(const Request& request, Agent& agent);
Reply list_orphans(const Request& request, Agent& agent);
Reply sweep_orphans(const Request& request, Agent& agent);

// About operations: operations.cpp. show_operation() may wait up to 60 s for a change (?wait=N). An operation
// that another process runs is looked up in Azure.
Reply list_operations(const Request& request, Agent& agent);
Reply show_operation(const Request& request, Agent& agent);
Reply cancel_operation(const Request& request, Agent& agent);

}  // namespace dev8agentd
