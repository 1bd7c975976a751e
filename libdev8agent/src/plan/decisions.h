// What to do next: one pure decision for each operation. A flow is a loop of "observe, decide, at most one
// write", so each step is right whatever happened before it, in this process or in another one. The functions
// are called by that loop (orchestrator/flows.h), read no clock and keep no state.
//
// The table says what each operation does in each state of the container group. "Own" means that this call
// has put or started the group. "*" and "**" are about reads that find no group, see below.
//
// clang-format off
// group, share           | create           | start          | start, new container  | stop       | delete        | restart
// -----------------------+------------------+----------------+-----------------------+------------+---------------+----------------------
// none, none             | create share     | NOT_FOUND      | NOT_FOUND             | NOT_FOUND  | NOT_FOUND     | NOT_FOUND
// none, share            | put group *      | start group ** | put group *           | done **    | delete both * | CONFLICT *
// none, kept share       | CONFLICT *       | NOT_FOUND *    | NOT_FOUND *           | NOT_FOUND* | delete both * | NOT_FOUND *
// none, other's token    | take over once * | start group ** | put group *           | wait, done | delete both * | CONFLICT *
// none, own write        | wait, CONFLICT   | wait, CONFLICT | wait, CONFLICT        | confirm *  | delete share  | CONFLICT *
// unmanaged              | CONFLICT         | CONFLICT       | CONFLICT              | CONFLICT   | CONFLICT      | CONFLICT
// coming up              | wait             | wait           | wait                  | stop group | delete group  | CONFLICT; wait if own
// running                | done             | ask, done      | CONFLICT; done if own | stop group | CONFLICT      | restart; done if own
// stopped                | done             | start group    | put group             | ask, done  | delete group  | CONFLICT
// failed, never ran      | take over, put   | stop, start    | put group             | stop group | delete group  | CONFLICT
// failed, ran before     | CONTAINER_FAILED | stop, start    | put group             | stop group | delete group  | CONFLICT
// deleting               | wait             | wait           | wait                  | wait       | delete group  | CONFLICT
// running, no share      | CONFLICT         | NOT_FOUND      | NOT_FOUND             | stop group | CONFLICT      | CONFLICT
// clang-format on
//
// "*": a read without a group proves nothing (plan/observation.h), so reads apart in time and a list confirm
// it first. A delete also sends the group's DELETE, which Azure answers with 204 when there is no group.
// "**": the POST itself asks the resource provider, and 404 confirms the absence. Then start puts the group,
// and stop is done. With force, delete also deletes what runs. A failed group that this call brought up ends
// the call. A group whose update Azure refuses (InvalidContainerGroupUpdate) is deleted and put again. "ask":
// the POST start or stop is sent although nothing seems left to do, because a read may show the past. A
// restart is sent to a running container only: Azure deploys one that has ended again.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dev8agent/options.h"
#include "plan/situation.h"

namespace dev8agent::internal::plan {

// True for a failed write that is worth another observation and another attempt: throttling, an outage, a
// transition. A registry that refuses for now is tried again three times (`error.attempts` counts). Lack of
// capacity and quota is not: it ends the attempt in this region.
bool worth_repeating(const Error& error);

// Create never deletes, restarts or resizes an environment that is up or stopped. A group that failed before
// it ever ran is deployed again, unless this call deployed it: then the call fails. Resources of a create
// that died (a share with its ownership token, perhaps a group with the same token) are taken over first, so
// that this call may also remove them. `wanted` becomes the facts of a new share; when there is a share
// already, its own facts are kept, and a difference that matters is kConflict. `fresh_id`: the id was made
// for this call, so no other region can have it. `too_large`: the sizes of `wanted` that a new environment
// may not have (check_new_sizes() in plan/validate.h); one that is there keeps them.
Decision next_for_create(const Facts& wanted, bool fresh_id, const Situation& at,
                         const std::vector<FieldError>& too_large = {});

// Takes over the share that an unfinished create has left in another region, so that it can be removed.
// kDone when this call owns the share. kConflict when it may not be taken over: it is in use or holds files.
Decision next_for_take_over(const Situation& at);

// What a start asks for. It is worked out once, from the first observation. An update of others may change it
// afterwards: with_updates().
struct StartGoal {
  Facts present;  // as Azure showed them when the start began
  Facts stored;   // as the share's metadata told them then
  Facts wanted;   // `present` with the changes of the request
  // Names of the fields that an update of others has changed meanwhile.
  std::vector<std::string> updated{};
  bool new_container = false;  // secrets or sizes change: the container is deployed again
  bool renamed = false;        // name or base image change, which stand in tags and metadata alone
  std::vector<FieldError> unknown_sizes{};  // sizes that neither Azure nor the request states
  std::vector<FieldError> undeployable{};   // why no container may be deployed with `wanted`; empty: it may
};

// `goal` with what an update of others has changed in the share's metadata since the start began, in fields
// that the start does not change itself. The container that it deploys then tells that, too.
StartGoal with_updates(StartGoal goal, const Observation& seen);

// True for the steps of a start that write new facts, or the container that they describe. From the first
// such step on, a roll-back has to restore the facts.
bool rests_on_new_facts(const StartGoal& goal, Step step);

// Start brings up what is down, and refuses to change what runs (kConflict). Without a share it is kNotFound.
Decision next_for_start(const StartGoal& goal, const Situation& at);

// Stop releases the compute and touches nothing else. Nothing there: kNotFound.
Decision next_for_stop(const Situation& at);

// Restart ends the processes of a running container and starts them again in place. It succeeds when a
// container runs that started later.
Decision next_for_restart(const Situation& at);

// Restore takes the mark off a share that a delete has kept, or brings back the deleted share and releases it
// from the call that once created it. Nothing to restore: kNotFound. There is a share or a group already:
// kConflict.
Decision next_for_restore(const Situation& at);

// What an adoption asks for, and where.
struct AdoptGoal {
  std::string user_id;
  std::string name;                       // empty: the id
  const RegionOptions* region = nullptr;  // outlives the decision
  WallTime now{};  // when the adoption began: the environment's age, unless Azure stores another
  std::chrono::seconds longest_create{0};  // how long a create may be at work, its roll-back included
};

// Adopt marks a group and share that no agent has made: the group's tags first, which are enough, then the
// share's metadata. It writes nothing else, and nothing at all to what does not fit an environment, has
// another mark or is in transition.
Decision next_for_adopt(const AdoptGoal& goal, const AgentSettings& settings, const Situation& at);

// What an update asks for.
struct UpdateGoal {
  UpdateRequest request;
  std::chrono::seconds longest_create{0};  // how long a create may be at work, its roll-back included
  std::optional<Facts> tagged{};           // what the group's tags told when the update began
  std::string owner{};                     // whose environment it was then; empty: not known
};

// Update stores the share's metadata first, then the group's tags, and writes nothing else. While both
// differ, the tags are what is shown: so nobody has been shown a value that goes when the group is lost. Only
// what the request names is changed, and Azure merges tags: what others change at the same time stays there.
// Azure Files has no condition for a write of metadata, which replaces them all. So two things follow the
// writes: what the answer of the merge shows of others' changes is stored in the share, too, and the share is
// read again, to write once more what another one's write has undone. Nothing there: kNotFound. Being
// deleted, without the container of an unfinished create, or without its share: kConflict.
Decision next_for_update(const UpdateGoal& goal, const Situation& at);

// Delete removes the group first, and the share only when the group is gone. It succeeds when both are gone.
// Nothing there from the beginning: kNotFound. `force` deletes a running group too. With
// Situation::keeps_files it takes a snapshot of the share first, and marks the share in place of deleting it.
// Whoever dies in between leaves an environment with all its files, and a repeat ends the delete.
Decision next_for_delete(bool force, const Situation& at);

// The facts that a start writes before its container. `before` is restored when the container is not deployed
// after all, unless somebody else has changed the facts since.
struct Rewrite {
  Facts before;
  Facts after;
};

// How a create or start that failed undoes itself: deletes only resources that carry this call's ownership
// token. A group that existed before and was only redeployed or started is stopped, not deleted, if it is not
// up yet. Facts that were changed in vain are restored; `rewrite` is none when the call changed no facts.
// `begun_at`: when the roll-back began. Ends with kDone, kKeepRunning or kKeepFiles.
Decision next_for_roll_back(const Rare<Rewrite>& rewrite, TimePoint begun_at, const Situation& at);

// The next write that is left until Azure stores `facts`: quota, then metadata, then, if `with_tags`, the
// group's tags. kDone when none is left. `seen.share` must be set.
Step next_facts_write(const Observation& seen, const Facts& facts, bool with_tags);

}  // namespace dev8agent::internal::plan
