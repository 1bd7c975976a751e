// Hosts and origins of requests.
#include "browser_guard.h"

#include <algorithm>

#include "client_address.h"
#include "http_text.h"
#include "request_target.h"
#include "settings.h"

namespace dev8agentd {
namespace {

bool is_loopback_host(const std::string& name) {
  return name == "localhost" || (is_ip_address(name) && is_loopback(name));
}

}  // namespace

BrowserGuard::BrowserGuard(std::string listening, std::vector<std::string> allowed_hosts)
    : listening_(std::move(listening)), allowed_hosts_(std::move(allowed_hosts)) {}

bool BrowserGuard::admits_host(std::string_view host) const {
  const std::string name = host_name(host);
  const bool is_everywhere = listening_ == "0.0.0.0" || listening_ == "::";
  return is_loopback_host(name) || name == listening_ || (is_everywhere && is_ip_address(name)) ||
         std::find(allowed_hosts_.begin(), allowed_hosts_.end(), name) != allowed_hosts_.end();
}

bool is_foreign_change(const Request& request, const Cors& cors, std::string_view scheme) {
  if (request.method == "GET" || request.method == "HEAD" || request.method == "OPTIONS") return false;
  const std::string_view origin = request.header("Origin");
  if (origin.empty()) return equal_ignoring_case(request.header("Sec-Fetch-Site"), "cross-site");
  return !cors.allows(origin) && !equal_ignoring_case(origin, std::string(scheme) + "://" + request.host);
}

}  // namespace dev8agentd
