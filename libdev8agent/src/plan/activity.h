// The activity token of a workspace. The supervisor inside the container presents it when it reports activity
// to the agent. A token is good for one workspace only. Nothing is stored: the token is computed again from
// the key and the id each time, so every replica with the same keys can check it. Pure; any thread.
//
// `keys` are AgentOptions::activity_keys. To rotate them, put the new key first and keep the old one behind
// it until every container has been deployed again.
#pragma once

#include <string_view>
#include <vector>

#include "dev8agent/secret.h"

namespace dev8agent::internal::plan {

// HMAC-SHA256 of the environment's id under the first key, in base64url without padding (43 characters).
// Empty when there is no key. The container gets it as SUPERVISOR_AGENT_API_KEY (plan/group_spec.h).
Secret activity_token(const std::vector<Secret>& keys, std::string_view id);

// True when `token` is the one of `id` under any key; false when there is no key. The comparison with each
// key takes a time that does not depend on the content of `token`.
bool check_activity_token(const std::vector<Secret>& keys, std::string_view id, std::string_view token);

}  // namespace dev8agent::internal::plan
