// The state of one flow: one call's work on one environment in one region. Loop thread only.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/call.h"
#include "orchestrator/azure_services.h"
#include "orchestrator/progress.h"
#include "plan/decisions.h"

namespace dev8agent::internal {

// The limits of a flow, and where it reports its progress.
struct FlowContext {
  CallPtr call;
  Report tell;

  void report(std::string stage, std::string detail) const { tell({std::move(stage), std::move(detail)}); }
};

// The long-running operation that a flow follows on the group.
struct FollowedOperation {
  std::string url;                                       // empty: the group itself is read
  std::optional<std::chrono::milliseconds> retry_after;  // how long Azure asks to wait before the next read
  int polls = 0;                                         // since the last write
  std::chrono::milliseconds least_delay{0};              // between reads
};

// What the decisions see, and what carries them out.
struct FlowState : plan::Situation {
  FlowContext context;
  RegionServices* region = nullptr;
  std::shared_ptr<EnvironmentSecrets> secrets;  // of the container that this call may deploy
  std::string
      other_location;  // where Azure has a group of this name, when that is not this region; else empty
  FollowedOperation operation;
  int failures = 0;                      // failed writes in a row
  std::optional<plan::Rewrite> rewrite;  // the facts that this call writes before its container

  // After a write that Azure accepted.
  void write_done() { failures = reobservations = 0; }
};
using FlowStatePtr = std::shared_ptr<FlowState>;

// What a roll-back came to.
struct RollBack {
  enum Outcome { kClean, kKeptRunning, kKeptFiles, kIncomplete };
  Outcome outcome = kClean;
  std::string reason;  // of kIncomplete
};

}  // namespace dev8agent::internal
