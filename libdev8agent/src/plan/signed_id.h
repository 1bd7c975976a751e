// Makes and reads the text of operation ids. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "dev8agent/environment.h"
#include "dev8agent/operation_id.h"
#include "dev8agent/secret.h"
#include "plan/facts.h"

namespace dev8agent::internal::plan {

// The key that signs ids, from the secret that the processes share.
Secret operation_key(const Secret& secret);

// "<kind>.<environment>.<region>.<milliseconds>.<aim>.<nonce>.<HMAC-SHA256, base64url>": plain characters of
// a path segment. No member of `id` has a dot.
std::string write_operation_id(const OperationId& id, const Secret& key);
// Nothing when `text` was not signed with `key`. Constant time for texts of one length.
std::optional<OperationId> read_operation_id(std::string_view text, const Secret& key);

// The ownership token with which the operation marks what it creates in `region`: whoever sees it on a
// resource knows that the resource is this operation's work.
std::string operation_token(std::string_view id_text, std::string_view region);

OperationAim aim_of(const CreateRequest& request);
OperationAim aim_of(const StartRequest& request);
// True when an environment with these facts is what was asked for.
bool fits(const OperationAim& aim, const Facts& facts);

}  // namespace dev8agent::internal::plan
