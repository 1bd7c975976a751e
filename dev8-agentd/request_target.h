// The forms of a request's target and of the host in it (RFC 9112, section 3.2). Pure functions; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dev8agentd {

// A target in its parts. Percent escapes stay as they are.
struct RequestTarget {
  std::string path_and_query;  // begins with '/', or is "*"
  std::string authority;       // of a target that is a whole URL, else empty
};

// Takes a target apart: a path, an http or https URL, or "*" for OPTIONS. Nothing for any other text, a
// fragment or a character that is not visible ASCII. The host of a URL wins over the Host field, as the RFC
// says.
std::optional<RequestTarget> parse_target(std::string_view method, std::string_view target);

// True for what a Host field may hold: nothing, or a name or address with an optional port. Names are checked
// by their characters only.
bool is_host(std::string_view text);

// The name or address of a Host field, in lower case, without port, without the brackets of IPv6 and without
// a dot at its end: "Example.com.:8080" becomes "example.com".
std::string host_name(std::string_view host);

}  // namespace dev8agentd
