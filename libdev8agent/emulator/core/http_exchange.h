// What every emulated service gets and gives: one request, taken apart, and the clock.
#pragma once

#include <string>
#include <string_view>

#include "core/moment.h"
#include "core/url.h"
#include "dev8agent/transport.h"

namespace dev8agent::emulator {

enum class Service { kUnknown, kResourceManager, kAuthority, kImds, kFiles };

struct Exchange {
  const HttpRequest& http;
  Service service = Service::kUnknown;
  Url url;
  Moment moment;
  std::string account;  // of Azure Files: from the host, or the first segment of a path-style URL
  std::vector<std::string> segments;  // of the path below the account

  std::string_view header(std::string_view name) const {
    return find_header(http.headers, name).value_or("");
  }
};

// What a request is, by its method and URL alone.
struct Route {
  std::string operation = "Unknown";  // the specification's name
  std::string resource;               // group or share name
};

// The service that `host` belongs to in the public cloud or a sovereign one.
Service service_of_host(std::string_view host);

}  // namespace dev8agent::emulator
