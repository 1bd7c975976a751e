// The origin of a URL, for deciding whether a URL that a service names belongs to that service. Azure names
// URLs in headers and pages of lists; a token must not go to another host because an answer says so. Pure.
//
//   const auto own = origin_of("https://management.azure.com");
//   const auto next = origin_of(answer_link);
//   if (!next || !same_origin(*next, *own)) return refuse();
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dev8agent::internal {

// Scheme, host and port, and the rest of the URL.
struct Origin {
  bool tls = false;
  std::string host;       // lower case
  long long port = 0;     // the scheme's own when the URL names none
  std::string_view path;  // everything behind the authority; part of the text that was given
};

// Nothing when `url` is not absolute http or https, has no host, a malformed port, or a user name in front of
// the host. `path` is part of `url` and valid as long as that text is.
std::optional<Origin> origin_of(std::string_view url);

// Whether `a` and `b` are the same origin, whatever their spelling (RFC 6454): case and the default port do
// not matter. Paths are not compared.
bool same_origin(const Origin& a, const Origin& b);

// Whether `url` is the host of `owner` with one more label in front, over TLS and on the same port, as
// "https://eastus.management.azure.com" is to "https://management.azure.com". Azure Resource Manager names
// such hosts of its regions. False when `owner` is an IP address.
bool is_subdomain(const Origin& url, const Origin& owner);

// Whether a proxy can never reach `url`'s host in this machine's place: this machine itself (127.0.0.0/8,
// ::1, localhost), and 169.254.0.0/16, where clouds answer for the machine (the instance metadata service).
bool is_local(const Origin& url);

}  // namespace dev8agent::internal
