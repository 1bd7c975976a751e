// The daemon's endpoints: one row each. A new endpoint is a row here and a handler in endpoints.h.
#pragma once

#include <span>
#include <string_view>

#include "endpoints.h"

namespace dev8agentd {

enum class Access {
  kProbe,               // anybody, at any rate
  kOpen,                // anybody
  kKey,                 // an API key, when keys are configured
  kKeyOrActivityToken,  // or the workspace's own activity token
};

// What a draining agent does with a request of the route.
enum class Draining { kServes, kRefuses };

using RouteHandler = Reply (*)(const Request& request, Agent& agent);

struct Route {
  std::string_view method;
  std::string_view path;  // the template: "{id}" stands for one segment
  Access access;
  Draining draining;
  RouteHandler handler;
};

// Every endpoint; of two templates that match a path, the first one counts.
std::span<const Route> routes();

}  // namespace dev8agentd
