// The origin of a URL, for deciding whether a URL that a service names belongs to that service.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dev8agent::internal {

struct Origin {
  bool tls = false;
  std::string host;       // lower case
  long long port = 0;     // the scheme's own when the URL names none
  std::string_view path;  // everything behind the authority; part of the text that was given
};

// Nothing when `url` is not absolute http or https, or has a user name.
std::optional<Origin> origin_of(std::string_view url);

// Whether `a` and `b` are the same origin, whatever their spelling (RFC 6454): case and the default port do
// not matter.
bool same_origin(const Origin& a, const Origin& b);

// Whether `url` is the host of `owner` with one more label in front, over TLS and on the same port, as
// "https://eastus.management.azure.com" is to "https://management.azure.com".
bool is_subdomain(const Origin& url, const Origin& owner);

}  // namespace dev8agent::internal
