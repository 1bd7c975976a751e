// Whether a request may come from a web page that has no business here. Without API keys nothing but a
// browser's own rules stands between such a page and the agent on the same machine. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cors.h"
#include "message.h"

namespace dev8agentd {

class BrowserGuard {
 public:
  // `listening` is the address that the agent listens on; `allowed_hosts` are further names of it.
  BrowserGuard(std::string listening, std::vector<std::string> allowed_hosts);

  // False for a name that a page can have pointed at this machine (DNS rebinding). Every loopback address is
  // admitted, and where the agent listens on all addresses every address is, as no page can choose what an
  // address means.
  bool admits_host(std::string_view host) const;

 private:
  std::string listening_;
  std::vector<std::string> allowed_hosts_;
};

// True for a request by another origin's page that would change something.
bool is_foreign_change(const Request& request, const Cors& cors);

}  // namespace dev8agentd
