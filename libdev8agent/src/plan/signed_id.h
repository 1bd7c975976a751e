// Makes and reads the text of operation ids. Pure; any thread. The text says what the operation is and is
// signed, so that a process that did not make it can answer for it, and a caller cannot make one up.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "dev8agent/environment.h"
#include "dev8agent/operation_id.h"
#include "dev8agent/secret.h"
#include "plan/facts.h"

namespace dev8agent::internal::plan {

// The key that signs ids, derived from the secret that the processes share (AgentOptions::operation_secret):
// an HMAC of it for this purpose alone, so that the secret may serve others.
Secret operation_key(const Secret& secret);

// "<kind>.<environment>.<region>.<milliseconds>.<aim>.<nonce>.<HMAC-SHA256, base64url>": plain characters of
// a path segment. <aim> is five fields: cores, memory, storage, owner's digest, and "s" for new secrets. For
// example "stop.workspace-0001.eastus.1768465800000.0.0.0...4f1c2a1.<HMAC>". No member of `id` may have a
// dot: the text could not be read again.
std::string write_operation_id(const OperationId& id, const Secret& key);
// What the text says; nothing when it was not signed with `key`. The time of the comparison does not depend
// on how much of the signature is right.
std::optional<OperationId> read_operation_id(std::string_view text, const Secret& key);

// The ownership token that the operation writes on what it creates in `region`: 32 hexadecimal digits that
// follow from both. Whoever has the id can tell from the token that a resource is this operation's work.
std::string operation_token(std::string_view id_text, std::string_view region);

// What a request asks for, as far as Azure shows it later. A start states only what it changes.
OperationAim aim_of(const CreateRequest& request);
OperationAim aim_of(const StartRequest& request);
// True when an environment with these facts is what was asked for. Sizes of 0 and an empty owner ask for
// nothing. Secrets cannot be compared: Azure does not return them.
bool fits(const OperationAim& aim, const Facts& facts);

}  // namespace dev8agent::internal::plan
