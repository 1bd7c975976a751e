// The table of the daemon's endpoints: one row each. A new endpoint is a row in routes.cpp and a handler in
// endpoints.h. The gate reads the columns, so no handler checks them again.
#pragma once

#include <span>
#include <string_view>

#include "endpoints.h"

namespace dev8agentd {

// Who may use a route. Without API keys, every caller may use every route.
enum class Access {
  kProbe,               // anybody, never refused by the rate limit: for orchestrators such as Kubernetes
  kOpen,                // anybody
  kKey,                 // an API key
  kKeyOfOperator,       // an API key that is not a user's
  kKeyOrActivityToken,  // or the activity token of the workspace in the path
};

// What a draining agent does with a request of the route. kRefuses: 503, so that the caller goes to another
// agent.
enum class Draining { kServes, kRefuses };

// See endpoints.h.
using RouteHandler = Reply (*)(const Request& request, Agent& agent);

// One endpoint.
struct Route {
  std::string_view method;  // GET serves HEAD, too
  std::string_view path;    // the template: "{id}" stands for one segment
  Access access;
  Scope scope;  // what the key has to be good for; without meaning where no key is asked for
  Draining draining;
  RouteHandler handler;
};

// Every endpoint, in the order of the index page. Of two templates that match a path, the first one counts.
std::span<const Route> routes();

}  // namespace dev8agentd
