// What one call has written so far and how Azure answered: the only record of it. Pure data. The flows
// enter each write with its answer (orchestrator/writes.cpp); the decisions read it. The answers to writes of
// tags, metadata and quota are not entered: the next read shows what became of them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/rare.h"
#include "dev8agent/error.h"
#include "dev8agent/scheduler.h"
#include "plan/observation.h"

namespace dev8agent::internal::plan {

// A write and its answer. kRejected: Azure has surely not done it. kUnanswered: sent, and Azure may have done
// it or may still do it. kAccepted: Azure has done it or will.
enum class Sent : unsigned char { kNo, kRejected, kUnanswered, kAccepted };

struct OwnWrites {
  std::string token;  // the ownership token that this call writes; empty for a stop or delete

  Sent share_put = Sent::kNo;
  Sent share_restore = Sent::kNo;
  Sent share_takeover = Sent::kNo;  // this call's token on the share of an unfinished create
  Sent share_delete = Sent::kNo;
  Sent certificates_put = Sent::kNo;     // the share of the certificates
  Sent certificates_delete = Sent::kNo;  // the same
  Sent group_put = Sent::kNo;            // PUT where no group was seen
  Sent group_redeploy = Sent::kNo;       // PUT over a group that was seen
  Sent group_start = Sent::kNo;
  Sent group_stop = Sent::kNo;
  Sent group_restart = Sent::kNo;
  Sent group_delete = Sent::kNo;

  Rare<std::string> snapshot{};        // the name of the snapshot that this call has taken of the share
  Rare<std::string> taken_from{};      // token of the unfinished create whose share was taken over
  Rare<std::string> replaced_token{};  // of the group that this call's PUT replaced, or that it deleted
  bool update_refused = false;      // Azure wants the group deleted before it is deployed with these values
  bool deleted_unseen = false;      // a DELETE met a group that no read had shown
  bool certificates_ready = false;  // their share is there, whoever made it
  bool certificates_seen = false;   // of a group that this call deletes
  bool runs_already = false;        // a POST start was answered with "it runs already"
  bool share_unread = false;        // facts were written, and the share was not read since
  Rare<Facts> merged{};             // what all tags told in the answer of this call's merge
  Rare<Facts> stored{};             // what this call's write of metadata told
  int share_checks = 0;             // reads of the share alone, after such writes
  std::vector<std::string> earlier_tokens{};  // of this call's attempts in other regions
  std::optional<WallTime> run_before{};       // start time of the container that this call's write replaced
  std::optional<WallTime> stopped_run{};      // start time of the container that this call stopped
  std::optional<WallTime> deployed_after{};   // Azure's clock at the last look before this call's PUT
  WallTime events_since{};       // events before then are about earlier deployments (Azure's clock)
  TimePoint group_written_at{};  // when Azure accepted the last PUT or start
  TimePoint late_until{};        // until then an unanswered write may still take effect
};

// A failed write that Azure has surely not carried out: it answered with a 4xx other than 408 (time-out).
bool surely_not_applied(const Error& error);

// The record of a write that was recorded as `before` and has now ended with `error`, or was accepted without
// one. An earlier attempt that may have been applied is not forgotten: a repeat that is rejected leaves
// kUnanswered and kAccepted as they are.
Sent after_answer(Sent before, const std::optional<Error>& error);

inline bool may_have_applied(Sent sent) {
  return sent == Sent::kUnanswered || sent == Sent::kAccepted;
}

// True when this call's PUT or start of the group was accepted.
bool brought_up(const OwnWrites& own);

// What a roll-back has to reckon with. This call may have created the group ...
bool may_have_created_group(const OwnWrites& own);
// ... or changed one that was there, by a redeploy or a start ...
bool may_have_changed_group(const OwnWrites& own);
// ... or made the share its own. Whether it has is seen from the token on the share.
bool may_own_share(const OwnWrites& own);

// True when the share has carried this call's ownership token for sure. Another call may have taken it over.
bool has_owned_share(const OwnWrites& own);

// Notes what reads tell about writes without an answer: what carries this call's token was written by it, so
// that write becomes kAccepted. Called before each decision.
void note_effects(OwnWrites& own, const Observation& seen, TimePoint now);

}  // namespace dev8agent::internal::plan
