// Cross-origin rules (the Fetch standard's CORS protocol): which web origins may read the daemon's answers
// (CORS_ALLOWED_ORIGINS). A browser obeys them; other clients ignore them. Immutable; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "message.h"

namespace dev8agentd {

// True for an origin as a browser sends it, such as "https://app.example.com:8443": scheme and host in lower
// case, no path, no wildcard. It is the rule of CORS_ALLOWED_ORIGINS.
bool is_origin(std::string_view text);

// Origins are compared letter by letter, as browsers send them in one form only. The rules protect nothing by
// themselves: who may call is decided by keys and by BrowserGuard.
class Cors {
 public:
  // `allowed` are origins for which is_origin() is true.
  explicit Cors(std::vector<std::string> allowed) : allowed_(std::move(allowed)) {}

  // True when `origin`, the value of an Origin field, is in the list. An empty one never is.
  bool allows(std::string_view origin) const;

  // True for a preflight: an OPTIONS request with which a browser asks whether another request is allowed.
  static bool is_preflight(const Request& request);

  // Adds the headers that the answer to `request` carries: always Vary, so that caches keep the answers for
  // different origins apart, and the rest for allowed origins only.
  void decorate(const Request& request, Response& response) const;

 private:
  std::vector<std::string> allowed_;  // a few; searched one by one
};

}  // namespace dev8agentd
