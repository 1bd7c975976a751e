// What every emulated service gets: one request, taken apart, and the time. Emulator::Impl::open()
// makes it; the services read it and return an HttpResponse.
#pragma once

#include <string>
#include <string_view>

#include "core/moment.h"
#include "core/url.h"
#include "dev8agent/transport.h"

namespace dev8agent::emulator {

// The parts of Azure that are emulated. A loopback server has one port for each of them; a memory
// transport tells them apart by the host of the URL. kWorkspace: what runs in a container group, reached at
// its public name.
enum class Service { kUnknown, kResourceManager, kAuthority, kImds, kFiles, kWorkspace };

// One request on its way through a service. It refers to the request and must not outlive it.
//
// Example, Azure Files: the URL "http://127.0.0.1:9003/dev8files/fs-1?restype=share" has the
// account "dev8files" and the segments {"fs-1"}; so has
// "https://dev8files.file.core.windows.net/fs-1?restype=share".
struct Exchange {
  const HttpRequest& http;
  Service service = Service::kUnknown;
  Url url;              // as sent, the account segment included
  Moment moment;        // when the request took effect
  std::string account;  // of Azure Files: from the host, or the first segment of a path-style URL
  std::vector<std::string> segments;  // of the path below the account

  // The first header of that name, compared without regard to case; empty when there is none.
  std::string_view header(std::string_view name) const {
    return find_header(http.headers, name).value_or("");
  }
};

// What a request is, by its method and URL alone: whether it will be accepted plays no part. It
// goes into the record of calls (emulator::Call) and decides which handler runs.
struct Route {
  std::string operation = "Unknown";  // name in Azure's API description
  std::string resource;               // group or share name
};

// The service that `host` (lower case) belongs to, in the public cloud or a sovereign one:
// "management.*" is Azure Resource Manager, "login.*" Entra ID, "169.254.169.254" the managed
// identity endpoint, "*.file.core.*" Azure Files and "*.azurecontainer.io" a container group. kUnknown for
// others: such a request is answered with 404.
Service service_of_host(std::string_view host);

}  // namespace dev8agent::emulator
