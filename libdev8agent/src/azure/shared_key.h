// SharedKey authorization of the Azure Files data plane: an HMAC-SHA-256 over the request, made with the
// storage account's key. Pure functions; any thread. Source: Microsoft Learn, "Authorize with Shared Key"
// (2009-09-19 and later versions).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "dev8agent/transport.h"

namespace dev8agent::internal::azure {

// The text that is signed for `request`: its method, eleven standard headers, all x-ms-* headers and the
// resource with its query. The x-ms-* headers, x-ms-date among them, must be complete before. `account` leads
// the canonical resource; a path-style URL, whose path begins with the account, so has it twice. Nothing when
// a header or the URL cannot be canonicalised: a control character, a malformed escape, no scheme.
std::optional<std::string> string_to_sign(const HttpRequest& request, std::string_view account);

// The value of the Authorization header: "SharedKey account:signature". `key` is base64. Nothing when it is
// empty or not base64, or when the request cannot be signed.
std::optional<std::string> shared_key_authorization(const HttpRequest& request, std::string_view account,
                                                    std::string_view key);

}  // namespace dev8agent::internal::azure
