// Cross-origin headers.
#include "cors.h"

#include <algorithm>

namespace dev8agentd {
namespace {

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '[' || c == ']' ||
         c == ':';
}

}  // namespace

bool is_origin(std::string_view text) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!text.starts_with(scheme)) continue;
    const std::string_view host = text.substr(scheme.size());
    return !host.empty() && host.front() != ':' && std::all_of(host.begin(), host.end(), is_host_character);
  }
  return false;
}

bool Cors::allows(std::string_view origin) const {
  return std::find(allowed_.begin(), allowed_.end(), origin) != allowed_.end();
}

bool Cors::is_preflight(const Request& request) {
  return request.method == "OPTIONS" && !request.header("Access-Control-Request-Method").empty();
}

void Cors::decorate(const Request& request, Response& response) const {
  response.headers.push_back({"Vary", "Origin"});
  const std::string_view origin = request.header("Origin");
  if (!allows(origin)) return;
  response.headers.push_back({"Access-Control-Allow-Origin", std::string(origin)});
  response.headers.push_back({"Access-Control-Expose-Headers", "X-Request-ID, Retry-After, Location"});
  if (!is_preflight(request)) return;
  response.headers.push_back({"Access-Control-Allow-Methods", "GET, HEAD, POST, DELETE, OPTIONS"});
  response.headers.push_back({"Access-Control-Allow-Headers", "Authorization, Content-Type, X-Request-ID"});
  response.headers.push_back({"Access-Control-Max-Age", "600"});
}

}  // namespace dev8agentd
