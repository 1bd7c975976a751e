// SharedKey authorization of the Azure Files data plane.
// Source: Microsoft Learn, "Authorize with Shared Key" (2009-09-19 and later versions).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "dev8agent/transport.h"

namespace dev8agent::internal::azure {

// The string that is signed for `request`, whose x-ms-* headers (x-ms-date among them) are complete.
// `account` leads the canonical resource; a path-style URL, whose path begins with the account, so has it
// twice. Nothing when a header value or the URL cannot be canonicalised: control characters, a malformed
// escape.
std::optional<std::string> string_to_sign(const HttpRequest& request, std::string_view account);

// The value of the Authorization header. `key` is base64; nothing when it is not, or the request cannot be
// signed.
std::optional<std::string> shared_key_authorization(const HttpRequest& request, std::string_view account,
                                                    std::string_view key);

}  // namespace dev8agent::internal::azure
