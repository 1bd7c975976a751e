// The state of one flow: one call's work on one environment in one region. Loop thread only. The decisions
// see its Situation part (plan/situation.h) and never change it; the steps in orchestrator/ update it.
#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/call.h"
#include "base/rare.h"
#include "base/signal.h"
#include "base/text_pool.h"
#include "orchestrator/azure_services.h"
#include "plan/decisions.h"

namespace dev8agent::internal {

// The limits of a flow, and who hears of its progress. A roll-back replaces `call` by one of its own.
struct FlowContext {
  CallPtr call;

  // `detail` is for people and may be empty.
  void report(Stage stage, std::string detail) const { call->tell({stage, std::move(detail)}); }
};

// For work that nobody asked for: only its waits for another attempt and its failures are told.
class BackgroundListener : public WithoutAnswers {
 public:
  using WithoutAnswers::WithoutAnswers;
  void on_progress(const ProgressReport& report) override {
    if (!report.stage) WithoutAnswers::on_progress(report);
  }
};

// A context for such work. It ends `patience` from now at the latest.
inline FlowContext background(const CallPtr& call, std::chrono::milliseconds patience) {
  auto limited = std::make_shared<Call>(*call);
  limited->deadline = std::min(call->deadline, call->now() + patience);
  limited->listener = std::make_shared<BackgroundListener>(call->listener);
  return {std::move(limited)};
}

// The long-running operation that a flow follows on the group. Azure names its URL in the header
// Azure-AsyncOperation. Source: Microsoft Learn, "Track asynchronous Azure operations".
struct FollowedOperation {
  PooledText url;                                        // empty: the group itself is read
  std::optional<std::chrono::milliseconds> retry_after;  // how long Azure asks to wait before the next read
  int polls = 0;                                         // waits since the last PUT or start
  std::chrono::milliseconds least_delay{0};              // between reads
  std::string request_id{};                              // Azure's, of the write that began the operation
  Rare<Error> failure{};                                 // of the last read; why retry_after is what it is
  int polls_when_read = 0;                               // at its last read although the group looked well
};

// What carries the decisions out, and what they do not see.
struct FlowParts {
  FlowContext context;
  RegionServices* region = nullptr;             // never null once made; AzureServices owns it
  std::shared_ptr<EnvironmentSecrets> secrets;  // of the container that this call may deploy
  Rare<std::string> other_location;  // where Azure has a group of this name, when that is not this region
  FollowedOperation operation;
  bool recalled = false;           // observed before the call began: RecentReads
  int failures = 0;                // failed writes in a row
  int group_delete_repeats = 0;    // of a delete that Azure has accepted, while the group is shown
  int tags_not_kept = 0;           // merges whose answer had other values than this call has sent
  Rare<plan::Rewrite> rewrite;     // the facts that this call writes before its container
  Rare<FileShare> certificates{};  // their share, of an environment that is gone: what a sweep may remove
  bool keeps_snapshots = false;    // a share that this call deletes must not have any
  bool deleted_share = false;      // Azure has carried out, or may have, a DELETE of the share by this call
  Semaphore::Hold beginning{};     // until this call waits for its container: RegionServices::beginning
};

// What the decisions see, and what carries them out. A create that goes on to another region makes a new one.
struct FlowState : plan::Situation, FlowParts {
  // After a write that Azure accepted: what is counted in a row starts again.
  void write_done() { failures = reobservations = 0; }
};
using FlowStatePtr = std::shared_ptr<FlowState>;

// Names the environment among those of all regions.
inline std::string key_of(const FlowState& state) {
  return state.region->options.name + "/" + state.id;
}

// What a roll-back came to. kClean: nothing of this call is left. kKeptRunning, kKeptFiles: the environment
// was up or stopped, or its share held files, and was left as it is. kIncomplete: something may be left
// behind.
struct RollBack {
  enum Outcome { kClean, kKeptRunning, kKeptFiles, kIncomplete };
  Outcome outcome = kClean;
  std::string reason;  // of kIncomplete
};

}  // namespace dev8agent::internal
