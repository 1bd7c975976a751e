// Cross-origin rules: which web origins may read the daemon's answers. Immutable; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "message.h"

namespace dev8agentd {

// An origin as a browser sends it, such as "https://app.example.com:8443": scheme and host, no path, no
// wildcard.
bool is_origin(std::string_view text);

class Cors {
 public:
  explicit Cors(std::vector<std::string> allowed) : allowed_(std::move(allowed)) {}

  bool allows(std::string_view origin) const;

  // True for a request that asks, before another one, whether that one is allowed.
  static bool is_preflight(const Request& request);

  // Adds the headers that `request`'s answer carries: always Vary, the rest for allowed origins.
  void decorate(const Request& request, Response& response) const;

 private:
  std::vector<std::string> allowed_;
};

}  // namespace dev8agentd
