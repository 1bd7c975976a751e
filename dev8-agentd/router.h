// The daemon's endpoints, and which of them a request means. Works on the target as it was sent: a path
// segment is decoded after the path has been split, so no encoded character can reach another resource.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

namespace dev8agentd {

enum class Endpoint {
  kIndex,
  kHealth,
  kReady,
  kLive,
  kMetrics,
  kCreate,
  kList,
  kGet,
  kStart,
  kStop,
  kDelete,
  kActivity,
};

enum class Access {
  kOpen,                // anybody, at any rate
  kKey,                 // an API key, when keys are configured
  kKeyOrActivityToken,  // or the workspace's own activity token
};

struct Route {
  std::string_view method;
  std::string_view path;  // the template: "{id}" stands for one segment
  Endpoint endpoint;
  Access access;
  bool calls_azure;
};

// Every endpoint; of two templates that match a path, the first one counts.
std::span<const Route> routes();

struct RouteMatch {
  const Route* route = nullptr;  // null: unknown path (`allow` empty) or method not allowed
  std::string path_id;           // decoded
  std::string allow;             // the methods of the path, for the Allow header
};

// HEAD counts as GET.
RouteMatch match_route(std::string_view method, std::string_view target);

// The query parameters of a target, decoded; of a repeated name the values are joined with ','.
std::map<std::string, std::string> parse_query(std::string_view target);

}  // namespace dev8agentd
