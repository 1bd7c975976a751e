// What a decision is made on, and what it comes to. Pure data and small predicates that the decisions share.
//
//   Situation (seen, own writes, time) --next_for_...()--> Decision: a Step with its data, or an Error
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/rare.h"
#include "dev8agent/error.h"
#include "dev8agent/progress.h"
#include "dev8agent/result.h"
#include "plan/group_phase.h"
#include "plan/observation.h"
#include "plan/own_writes.h"
#include "plan/readiness.h"

namespace dev8agent::internal::plan {

// One call's view of one environment in one region.
struct Situation {
  std::string id;
  Observation seen;
  OwnWrites own;
  Readiness ready{};
  Rare<DeletedShare> deleted{};     // what a restore brings back
  bool keeps_files = false;         // a delete ends with a snapshot and a mark on the share, not its deletion
  bool keeps_certificates = false;  // containers that this call deploys mount a share for certificates
  Rare<Error> deployment_error{};   // how Azure's operation on the group failed, after this call's write
  TimePoint now{};                  // of this decision
  int reobservations = 0;           // in a row since the last write, because an observation was old
  bool maker_succeeded = false;     // this process has seen the create succeed whose token is on the share
};

// Everything that a flow can do. Each step is a question to Azure, a wait, or exactly one write.
enum class Step {
  // Final.
  kDone,         // the state that was asked for is there
  kKeepRunning,  // roll-back: the environment is up or was stopped by somebody, and stays
  kKeepFiles,    // roll-back: the share holds files by now, and stays
  // Questions and waits.
  kWait,               // a transition is under way: observe again later
  kObserve,            // read group and share now
  kReadShare,          // read the share alone
  kConfirmAbsence,     // list, and read the group again after a while
  kCheckOtherRegions,  // ask whether another region has the id
  kInspectShare,       // ask whether the share holds files
  kAskWorkspace,       // ask the workspace itself whether it answers
  // Writes to the share.
  kCreateShare,   // fails when there is one
  kRestoreShare,  // makes the deleted share what it was, and fails when there is one; or takes off kKeepShare
  kTakeOverShare,  // put this call's ownership token in the place of an unfinished create's
  kReleaseShare,   // remove the ownership token, so that no roll-back removes the share
  kSetQuota,
  kSetMetadata,
  kSnapshotShare,  // takes a snapshot
  kKeepShare,      // marks the share: the environment is gone, and the files are kept with that snapshot
  kDeleteShare,
  // Writes to the certificates' share (plan/certificate_share.h).
  kCreateCertificateShare,
  kDeleteCertificateShare,
  // Writes to the group.
  kSetTags,
  kPutGroup,  // deploys the container, over the group that is there if there is one
  kStartGroup,
  kStopGroup,
  kRestartGroup,
  kDeleteGroup,
};

// A step, with what it needs.
struct Next {
  Step step = Step::kWait;
  std::string detail{};  // for progress
  Rare<Facts> facts{};   // what kCreateShare, kPutGroup, kSetQuota, kSetMetadata and kSetTags write
  Rare<Labels> tags{};   // what kSetTags merges; none: all that tell `facts`
};

// The next step, or why the call fails. An error ends the loop; a create or start then rolls back.
using Decision = Result<Next>;

// What a step does. One switch without `default` says it, so that the compiler finds a step that is not
// listed.
enum class StepKind { kFinal, kQuestion, kShareWrite, kGroupWrite };
StepKind kind_of(Step step);
// True for the three steps that end the loop.
bool is_final(Step step);
// True for the writes to the group, and to the share.
bool writes_group(Step step);
bool writes_share(Step step);

// Maximum age of an observation that a write may rely on which could do damage if the state had changed. A
// container takes longer than this to become running, so it cannot have come up unseen.
inline constexpr std::chrono::seconds kFreshFor{3};
// Where Azure needs longer than kFreshFor for its answers, this many observations in a row have to do.
inline constexpr int kMaxReobservations = 6;
// How long a write that Azure accepted may stay invisible to reads, and how long one that got no answer may
// still take effect: as long as Azure lets a request last.
inline constexpr std::chrono::seconds kVisibleAfter{60};

// `decision`, or kObserve first when it is a write to something that exists and the observation of group or
// share is older than kFreshFor, or kWait when the read of the group is from the past. The loop passes each
// decision through here.
Decision on_fresh_observation(Decision decision, const Situation& at);

// kDone, or first kAskWorkspace when the container runs and the call wants its answer, and kObserve when the
// group's observation is older than kFreshFor: a caller is not promised a state that may have ended.
Next done_when_fresh(const Situation& at);

// The group that is shown, classified; `seen.group` must be set.
GroupPhase phase_of(const Situation& at);

// The stage of a kWait. kProvisioning when Azure goes on by itself, also if this process
// ends; a create or start whose own write has yet to follow is in the stage of that write.
Stage stage_of_wait(const Situation& at);

// True while a read shows the group as it was before this call's accepted PUT or start, for kVisibleAfter at
// most. Such a read says "wait", not "somebody undid it".
bool shows_the_past(const Situation& at);

// True when the group is shown and carries this call's ownership token.
bool has_own_group(const Situation& at);

// The ownership token of another call on the share; empty when there is none.
std::string other_token(const Situation& at);
// True when another call may still delete the share in a roll-back: before anybody relies on the share, its
// token is removed. A create that has succeeded does not roll back any more. Also when a delete has marked
// the files as kept while a container was deployed beside it.
bool needs_release(const Situation& at);

// True when the share has the token of a create that may still be at work: one that began less than
// `longest_create` ago.
bool may_be_of_a_create(const Situation& at, std::chrono::seconds longest_create);

// True for a group of the environment's name whose tags do not say that this agent made it. Nothing touches
// such a group.
bool is_unmanaged(const Situation& at);
Error unmanaged_error(const std::string& id);  // kConflict
Error does_not_exist(const std::string& id);   // kNotFound
// For a call that needs an environment and is shown what a delete has kept (is_kept()): kNotFound, once the
// absence of the group is confirmed. A mark beside a container says nothing.
Decision only_files_are_kept(const Situation& at);
// kConflict, for a create by `user_id` of what a delete has kept (is_kept()): nothing may be made in its
// place. Another user is told what is told of any environment of others.
Error files_are_kept(const Situation& at, const std::string& user_id);

// For a call whose PUT or start was accepted while no group is shown: kWait until the group must be visible
// (kVisibleAfter), and once its absence is confirmed kConflict: it was deleted meanwhile. At once when the
// share is gone, too: Azure Files answers from one place.
Decision wait_until_visible(const Situation& at);

}  // namespace dev8agent::internal::plan
