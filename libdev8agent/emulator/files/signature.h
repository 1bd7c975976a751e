// SharedKey: the signature of Azure Storage requests, checked as the service does. Source: Learn, "Authorize
// with Shared Key".
#pragma once

#include <string>

#include "core/http_exchange.h"
#include "files/storage.h"

namespace dev8agent::emulator {

// The text that a client signs for `account`.
std::string string_to_sign(const Exchange& exchange, std::string_view account);

// Empty when the Authorization header signs this request with key1 or key2 and its date is close enough;
// otherwise what is wrong, for AuthenticationErrorDetail.
std::string check_shared_key(const Exchange& exchange, const Account& account);

}  // namespace dev8agent::emulator
