// What one call has written so far and how Azure answered: the only record of it. Pure data.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dev8agent/error.h"
#include "dev8agent/scheduler.h"
#include "plan/observation.h"

namespace dev8agent::internal::plan {

// A write and its answer. kUnanswered: sent, and Azure may have done it or may still do it.
enum class Sent { kNo, kRejected, kUnanswered, kAccepted };

struct OwnWrites {
  std::string token;  // the ownership token that this call writes

  Sent share_put = Sent::kNo;
  Sent share_takeover = Sent::kNo;  // this call's token on the share of an unfinished create
  Sent share_delete = Sent::kNo;
  Sent group_put = Sent::kNo;       // PUT where no group was seen
  Sent group_redeploy = Sent::kNo;  // PUT over a group that was seen
  Sent group_start = Sent::kNo;
  Sent group_stop = Sent::kNo;
  Sent group_restart = Sent::kNo;
  Sent group_delete = Sent::kNo;

  std::string taken_from;  // token of the unfinished create whose share was taken over
  std::optional<std::string>
      replaced_token;           // of the group that this call's PUT replaced, or that it deleted
  bool update_refused = false;  // Azure wants the group deleted before it is deployed with these values
  bool deleted_unseen = false;  // a DELETE met a group that no read had shown
  bool runs_already = false;    // a POST start was answered with "it runs already"
  std::vector<std::string> earlier_tokens{};  // of this call's attempts in other regions
  std::optional<WallTime> run_before{};       // start time of the container that this call's write replaced
  std::optional<WallTime> stopped_run{};      // start time of the container that this call stopped
  WallTime events_since{};       // events up to then are about earlier deployments (Azure's clock)
  TimePoint group_written_at{};  // when Azure accepted the last PUT or start
  TimePoint late_until{};        // until then an unanswered write may still take effect
};

// A failed write that Azure has surely not carried out: it answered with a 4xx other than 408.
bool surely_not_applied(const Error& error);

// The record of a write that was recorded as `before` and has now ended with `error`, or was accepted without
// one. An earlier attempt that may have been applied is not forgotten.
Sent after_answer(Sent before, const std::optional<Error>& error);

inline bool may_have_applied(Sent sent) {
  return sent == Sent::kUnanswered || sent == Sent::kAccepted;
}

// This call's PUT or start of the group was accepted.
bool brought_up(const OwnWrites& own);

// This call may have created the group, changed a group that was there, or made the share its own.
bool may_have_created_group(const OwnWrites& own);
bool may_have_changed_group(const OwnWrites& own);
bool may_own_share(const OwnWrites& own);

// The share has carried this call's ownership token.
bool has_owned_share(const OwnWrites& own);

// Notes what reads tell about writes without an answer: what carries this call's token was written by it.
void note_effects(OwnWrites& own, const Observation& seen, TimePoint now);

}  // namespace dev8agent::internal::plan
