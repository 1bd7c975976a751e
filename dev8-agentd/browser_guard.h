// Protection against web pages in a browser on the agent's own machine. Without API keys, nothing but the
// browser's own rules stands between such a page and the agent: a page may send requests to 127.0.0.1, and
// may have its own host name point there. With API keys these checks are not used (gate.cpp). Pure; any
// thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cors.h"
#include "message.h"

namespace dev8agentd {

class BrowserGuard {
 public:
  // `listening` is the address that the agent listens on (AGENT_HOST). `allowed_hosts` are further names of
  // it (AGENT_ALLOWED_HOSTS), in lower case.
  BrowserGuard(std::string listening, std::vector<std::string> allowed_hosts);

  // True when a request may have `host` in its Host field, with or without port. False for a name that a page
  // can have pointed at this machine (DNS rebinding): such a request gets 421. Every loopback address and
  // "localhost" is admitted. Where the agent listens on all addresses, every IP address is, because no page
  // can choose what an address means.
  bool admits_host(std::string_view host) const;

 private:
  std::string listening_;
  std::vector<std::string> allowed_hosts_;
};

// True for a request by another origin's page that would change something, that is, one of another method
// than GET, HEAD and OPTIONS. It shows in Origin, or in "Sec-Fetch-Site: cross-site" where there is no
// Origin. Origins that `cors` allows and the agent's own are not foreign; the latter has the `scheme` that
// the agent listens with, "http" or "https". Such a request gets 403, although the browser would hide the
// answer: the change would have been made.
bool is_foreign_change(const Request& request, const Cors& cors, std::string_view scheme);

}  // namespace dev8agentd
