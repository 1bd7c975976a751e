// Cross-origin headers.
#include "cors.h"

#include <algorithm>
#include <charconv>

namespace dev8agentd {
namespace {

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
}
bool is_address_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == ':' || c == '.';
}

// ":8080", or nothing for the scheme's own port.
bool is_port(std::string_view text) {
  if (text.empty()) return true;
  int port = 0;
  const char* end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data() + 1, end, port);
  return text.front() == ':' && failure == std::errc() && stop == end && port >= 1 && port <= 65535;
}

bool is_host_and_port(std::string_view text) {
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos || close < 3) return false;
    const std::string_view address = text.substr(1, close - 1);
    return std::all_of(address.begin(), address.end(), is_address_character) &&
           is_port(text.substr(close + 1));
  }
  const std::string_view name = text.substr(0, text.find(':'));
  return !name.empty() && std::all_of(name.begin(), name.end(), is_name_character) &&
         is_port(text.substr(name.size()));
}

}  // namespace

bool is_origin(std::string_view text) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!text.starts_with(scheme)) continue;
    return is_host_and_port(text.substr(scheme.size()));
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
  response.headers.push_back({"Access-Control-Expose-Headers",
                              "X-Request-ID, Retry-After, Location, Operation-Location, "
                              "Preference-Applied, ETag, RateLimit, RateLimit-Policy"});
  if (!is_preflight(request)) return;
  response.headers.push_back({"Access-Control-Allow-Methods", "GET, HEAD, POST, PATCH, DELETE, OPTIONS"});
  response.headers.push_back({"Access-Control-Allow-Headers",
                              "Authorization, Content-Type, X-Request-ID, Prefer, "
                              "If-None-Match, Last-Event-ID"});
  response.headers.push_back({"Access-Control-Max-Age", "600"});
}

}  // namespace dev8agentd
