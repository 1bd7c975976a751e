// Reading the answers of token endpoints. Entra, IMDS, App Service and the Azure CLI each have their own
// form. Pure functions; any thread.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "dev8agent/credential.h"
#include "json/value.h"

namespace dev8agent::internal::azure {

// The token of a successful answer: access_token, expires_in or expires_on, and refresh_in, as numbers or as
// strings. expires_in wins, because it does not depend on this machine's clock. Without refresh_in,
// AccessToken::refresh_at is the expiry. An answer without a token may be repeated a few times; one whose
// expiry cannot be read is an error for good. `service` is named in the error.
Result<AccessToken> read_token(std::string_view body, WallTime now, std::string_view service);

// A point in time: seconds since 1970, as a number or a string, or a date as App Service writes it (RFC 3339,
// "01/31/2026 08:30:00 +00:00" or "1/31/2026 8:30:00 AM +00:00"). Nothing for null and for other forms. Times
// after 2262 become the last one that WallTime holds.
std::optional<WallTime> read_time(const json::Value* value);

// True for the statuses that a token endpoint answers only for a while: 408, 429, 5xx.
bool is_transient(int status);

}  // namespace dev8agent::internal::azure
