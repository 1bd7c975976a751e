// SharedKey: the signature of Azure Storage requests, checked as the service does. Source: Learn,
// "Authorize with Shared Key", the form of version 2015-02-21 and newer.
#pragma once

#include <string>

#include "core/http_exchange.h"
#include "files/storage.h"

namespace dev8agent::emulator {

// The text that a client signs for `account`: the method, eleven standard headers, all x-ms-*
// headers, the path and the query parameters, each sorted. Two rules are easy to miss: an empty
// body has an empty Content-Length (not "0"), and Date is empty when x-ms-date is there.
std::string string_to_sign(const Exchange& exchange, std::string_view account);

// Empty when the Authorization header is "SharedKey {account}:{signature}", signed with key1 or
// key2, and the date is within 15 minutes of the emulator's clock. Otherwise what is wrong, for
// AuthenticationErrorDetail; for a wrong signature that contains the text the service has signed,
// as Azure's does.
std::string check_shared_key(const Exchange& exchange, const Account& account);

}  // namespace dev8agent::emulator
