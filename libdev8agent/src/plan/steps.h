// What to do next, given what Azure says is there: one table per operation. Every flow is a loop of "look,
// decide, at most one write", so each step is right whatever happened before it, in this process or another.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "dev8agent/environment.h"
#include "dev8agent/error.h"
#include "plan/facts.h"
#include "plan/verdict.h"

namespace dev8agent::plan {

enum class Step {
  kDone,         // the state asked for is there
  kWait,         // a transition is under way: look again later
  kFail,         // `error` says why
  kCreateShare,  // PUT share
  kClaimShare,   // take over the share of an unfinished create, if it holds nothing
  kPutGroup,     // PUT group: there is none, or one that is down and may be deployed anew
  kStartGroup,   // POST start
  kStopGroup,    // POST stop
  kDeleteGroup,  // DELETE group
  kDeleteShare,  // DELETE share
};

struct Decision {
  Step step = Step::kFail;
  std::optional<Error> error;
  std::string detail;  // for progress
};

// The environment's facts as they stand. The group's tags are believed first, being written in one piece with
// the container; the share's metadata stands in when there is no group.
Facts facts_of(const Observation& seen);

// What is still to be written until `facts` stand: each is a whole value. The share stays the creating
// call's, and the group that of the call that made it.
struct FactsLeft {
  std::optional<int> quota_gib;
  std::optional<std::map<std::string, std::string>> metadata;
  std::optional<std::map<std::string, std::string>> tags;
  bool none() const { return !quota_gib && !metadata && !tags; }
};
// The share is there; `with_tags` when the group is to tell the facts, too.
FactsLeft facts_left(const Observation& seen, Facts facts, bool with_tags);

// A failed write that Azure says it has not done. Anything else, no answer above all, leaves that open.
bool refused(const Error& error);

// A failed write that is worth another look and another try: throttling, outages, transitions; a registry
// that refuses for now, three times. Capacity and quota are not; they end the attempt.
bool worth_repeating(const Error& error);

// Whose the share is, as a create sees it.
enum class Claim {
  kNone,
  kMine,     // this call has made it, or has taken it over from an unfinished create
  kRefused,  // an unfinished create's, but not to be taken over: it holds files
};

// What a call has done so far and when; `since` as in judge().
struct History {
  std::string call;                       // the call's own mark
  bool wrote = false;                     // this call has PUT or started the group
  bool stopped = false;                   // this call has stopped the group
  std::optional<WallTime> stopped_run{};  // when the container had started that it has stopped
  int absences = 0;                       // looks in a row that found no group
  Claim claim = Claim::kNone;
  std::string claimed_from;  // the mark of the unfinished create
  bool share_deleted = false;
  bool group_deleted = false;
  WallTime since{};
  WallTime now{};
};

// The group as last seen is the one that this call has PUT.
bool has_own_group(const Observation& seen, const History& history);

// Create: never deletes, restarts or reshapes an environment that is there. A group that could not come up
// and never ran under another call's eyes is deployed anew; one that this call made ends the call. What an
// unfinished create has left (a share that carries its mark, of which no caller was told, and perhaps a group
// of the same mark that never ran) is claimed first: then this create answers for it as for its own, so that
// it can clean up and try another region.
Decision next_for_create(const Facts& wanted, const Observation& seen, const History& history);

// What a start asks for that is still to be changed.
enum class StartChange {
  kNothing,
  kRecords,    // name or base image, which stand in tags and metadata alone
  kContainer,  // secrets or sizes: the container is made anew
};

// Start: brings up what is down; refuses to change what runs.
Decision next_for_start(const std::string& id, StartChange change, const Observation& seen,
                        const History& history);

// Stop: releases compute, touches nothing else.
Decision next_for_stop(const std::string& id, const Observation& seen, const History& history);

// Delete: the group first, the share only when the group was seen gone, success only when both were.
Decision next_for_delete(const std::string& id, bool force, const Observation& seen, const History& history);

}  // namespace dev8agent::plan
