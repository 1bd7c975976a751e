// The token with which a workspace's supervisor reports activity: good for that workspace alone, checked
// without state.
#pragma once

#include <string_view>
#include <vector>

#include "dev8agent/secret.h"

namespace dev8agent::internal::plan {

// HMAC-SHA256 of the id under the first key, base64url; empty when there is no key.
Secret activity_token(const std::vector<Secret>& keys, std::string_view id);
// True when `token` is the one of any key, so that keys can be rotated. Constant time for each key.
bool check_activity_token(const std::vector<Secret>& keys, std::string_view id, std::string_view token);

}  // namespace dev8agent::internal::plan
