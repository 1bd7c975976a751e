// What is an orphan, and how a sweep removes one. Pure.
//
// An orphan carries the agent's mark and belongs to no whole environment: a share without a container group,
// a container group without a share, a container group that has failed, or a share of certificates alone.
// What an operation may be at is none.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "dev8agent/options.h"
#include "plan/decisions.h"
#include "plan/status.h"

namespace dev8agent::internal::plan {

// Why the environment's resources are an orphan, in words; nothing when they are none. `limit`: how long an
// operation of another process may be at something that it has created.
std::optional<std::string> orphan_reason(const std::string& id, const Observation& seen, InFlight in_flight,
                                         std::chrono::seconds limit, WallTime now);

// The same of a share of certificates, which belongs to files that this account does not hold any more.
// `seen`: what there is of its environment beside it.
std::optional<std::string> certificates_orphan_reason(const std::string& id, const FileShare& certificates,
                                                      const Observation& seen, InFlight in_flight,
                                                      std::chrono::seconds limit, WallTime now);

// When the share was changed, or the group deployed or started, by Azure's clock; nothing when that is not
// known.
std::optional<WallTime> last_change(const Observation& seen);

// How a sweep removes an orphan: the group first, then the share. kKeepFiles: the share holds files, and
// stays with its group. kConflict: it is an orphan no longer. An unseen group is never deleted: its absence
// is confirmed, and then the share alone goes.
Decision next_for_sweep(bool include_files, const Situation& at);

// How a sweep removes a share of certificates that is an orphan. kKeepFiles and kConflict as above.
Decision next_for_certificates_sweep(bool include_files, const Situation& at);

}  // namespace dev8agent::internal::plan
