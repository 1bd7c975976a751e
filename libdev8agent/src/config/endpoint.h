// URLs of the configuration: where Azure and the agent are. Pure functions; any thread.
//
//   std::string url = "HTTPS://Management.Azure.com/";
//   if (normalise_endpoint(url, PlainHttp::kLoopback)) ...  // "https://management.azure.com"
#pragma once

#include <string>
#include <string_view>

namespace dev8agent::internal {

// Which hosts may be spoken to without TLS. Bearer tokens and keys must never cross a network in the clear.
enum class PlainHttp {
  kLoopback,             // 127.0.0.0/8, localhost, [::1]
  kLoopbackOrLinkLocal,  // also 169.254.0.0/16: Azure's own metadata and identity endpoints
  kAnyHost,              // for addresses that are only passed on
};

// Brings scheme and host of `url` to lower case and removes slashes at its end. False, with `url` as it was,
// when it is not an absolute http or https URL without user name, query and fragment, or is http:// where
// `plain` does not allow it. Addresses count as loopback or link-local only in their full decimal form.
bool normalise_endpoint(std::string& url, PlainHttp plain);

// What normalise_endpoint() expects, in words for a FieldError: "must be ...".
std::string_view endpoint_rule(PlainHttp plain);

// The host of a normalised URL, without its port; an IPv6 address keeps its brackets. Empty when `url` is no
// http or https URL. The view is valid while `url` is.
std::string_view host_of(std::string_view url);

}  // namespace dev8agent::internal
