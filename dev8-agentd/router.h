// The router: which endpoint a request means. It works on the target as it was sent: the path is split first
// and its segments are decoded afterwards, so no encoded slash can reach another resource. Pure; any thread.
//
//   const RouteMatch match = match_route("GET", "/api/v1/environments/ws-1?force=true");
//   // match.route->path is "/api/v1/environments/{id}", match.path_id is "ws-1"
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "routes.h"

namespace dev8agentd {

// What was found. Without a route: unknown path when `allow` is empty, else the path has other methods.
struct RouteMatch {
  const Route* route = nullptr;  // of routes(), which live for ever
  std::string path_id;           // decoded
  std::string allow;             // the methods of the path with HEAD and OPTIONS, for the Allow header
};

// `target` may have a query, which is ignored. HEAD counts as GET. A slash at the end makes another path.
RouteMatch match_route(std::string_view method, std::string_view target);

// The query parameters of a target, percent-decoded, with '+' as a space. Values of a repeated name are
// joined with ','. Malformed escapes stay as they are; parameters without a name are dropped.
std::map<std::string, std::string> parse_query(std::string_view target);

}  // namespace dev8agentd
