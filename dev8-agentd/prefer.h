// The Prefer header (RFC 7240), as far as the agent obeys it. Pure.
#pragma once

#include <chrono>
#include <vector>

#include "dev8agent/transport.h"

namespace dev8agentd {

inline constexpr std::chrono::seconds kLongestWait{60};

struct Preference {
  bool respond_async = false;
  std::chrono::seconds wait{0};  // for the outcome, before the answer is 202; at most kLongestWait

  bool operator==(const Preference&) const = default;
};

// Of all Prefer fields together; of a preference that is stated twice the first counts, and one that cannot
// be read is ignored, as the RFC says.
Preference read_preference(const std::vector<dev8agent::HttpHeader>& headers);

}  // namespace dev8agentd
