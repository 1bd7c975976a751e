// The Prefer header (RFC 7240), as far as the agent obeys it: respond-async and wait. Pure; any thread.
//
//   Prefer: respond-async, wait=10
#pragma once

#include <chrono>
#include <vector>

#include "dev8agent/transport.h"

namespace dev8agentd {

// The longest wait that a caller may ask for. Prefer: wait=N above it counts as it; ?wait=N above it gets 400
// (operations.cpp).
inline constexpr std::chrono::seconds kLongestWait{60};

// What a caller prefers. Without the header: to wait for the outcome.
struct Preference {
  bool respond_async = false;    // answer 202 instead of waiting for the end
  std::chrono::seconds wait{0};  // for the outcome, before the answer is 202; at most kLongestWait

  bool operator==(const Preference&) const = default;
};

// Reads all Prefer fields together. Of a preference that is stated twice the first one counts. One that
// cannot be read, or is not known, is ignored, as the RFC says. A wait above kLongestWait counts as that.
Preference read_preference(const std::vector<dev8agent::HttpHeader>& headers);

}  // namespace dev8agentd
