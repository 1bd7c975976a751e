// URLs of the configuration: where Azure and the agent are.
#pragma once

#include <string>
#include <string_view>

namespace dev8agent::internal {

// Which hosts may be spoken to without TLS. Bearer tokens and keys never cross a network in the clear.
enum class PlainHttp {
  kLoopback,             // 127.0.0.0/8, localhost, [::1]
  kLoopbackOrLinkLocal,  // also 169.254.0.0/16: Azure's own metadata and identity endpoints
  kAnyHost,
};

// Brings scheme and host of `url` to lower case and drops slashes at the end. False, with `url` as it was,
// when it is not an absolute http(s) URL without user name, query and fragment, or is http:// where `plain`
// does not allow it.
bool normalise_endpoint(std::string& url, PlainHttp plain);

// What normalise_endpoint() expects, in words for a field error.
std::string_view endpoint_rule(PlainHttp plain);

// The host of a normalised URL, without its port.
std::string_view host_of(std::string_view url);

}  // namespace dev8agent::internal
