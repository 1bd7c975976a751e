// The forms of a request's target and of the host in it (RFC 9112, section 3.2). Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dev8agentd {

struct RequestTarget {
  std::string path_and_query;  // begins with '/', or is "*"
  std::string authority;       // of a target that is a whole URL, else empty
};

// Nothing when `target` is none of: a path, an http or https URL, "*" for OPTIONS.
std::optional<RequestTarget> parse_target(std::string_view method, std::string_view target);

// True for what a Host field may hold: nothing, or a name or address with an optional port.
bool is_host(std::string_view text);

// The name or address of a Host field, in lower case, without port and without the brackets of IPv6.
std::string host_name(std::string_view host);

}  // namespace dev8agentd
