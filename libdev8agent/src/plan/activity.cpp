// Activity tokens: HMAC-SHA256, and the comparison.
#include "plan/activity.h"

#include "base/crypto.h"

namespace dev8agent::internal::plan {
namespace {

Secret token_of(const Secret& key, std::string_view id) {
  return Secret(base64url_encode(hmac_sha256(key.reveal(), "dev8agent activity " + std::string(id))));
}

}  // namespace

Secret activity_token(const std::vector<Secret>& keys, std::string_view id) {
  return keys.empty() ? Secret() : token_of(keys.front(), id);
}

bool check_activity_token(const std::vector<Secret>& keys, std::string_view id, std::string_view token) {
  bool good = false;
  for (const Secret& key : keys) good |= token_of(key, id).same_as(token);
  return good;
}

}  // namespace dev8agent::internal::plan
