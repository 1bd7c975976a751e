// Which endpoint a request means. Works on the target as it was sent: a path
// segment is decoded after the path has been split, so no encoded character can reach another resource.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "routes.h"

namespace dev8agentd {

struct RouteMatch {
  const Route* route = nullptr;  // null: unknown path (`allow` empty) or method not allowed
  std::string path_id;           // decoded
  std::string allow;             // the methods of the path, for the Allow header
};

// HEAD counts as GET. A percent-encoded character of a fixed segment counts as the character.
RouteMatch match_route(std::string_view method, std::string_view target);

// The query parameters of a target, decoded; of a repeated name the values are joined with ','.
std::map<std::string, std::string> parse_query(std::string_view target);

}  // namespace dev8agentd
