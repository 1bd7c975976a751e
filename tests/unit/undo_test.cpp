// What a create or start that failed undoes next, for what it has done and what is there.
#include "plan/undo.h"

#include <doctest/doctest.h>

#include "support/plan_samples.h"

using namespace dev8agent;
using namespace dev8agent::plan;
using namespace dev8agent::test;

namespace {

enum class Whose { kNobodys, kOwn, kOthers };  // nobody's: not there

// The call carries the mark of the samples.
Observation observe(std::optional<ContainerGroup> group, Whose share) {
  Observation seen;
  seen.group = std::move(group);
  if (share == Whose::kNobodys) return seen;
  seen.share = sample_share();
  if (share == Whose::kOthers) seen.share->metadata["call"] = "another-mark";
  return seen;
}

ContainerGroup others(ContainerGroup group) {
  group.tags["call"] = "another-mark";
  return group;
}

constexpr Undo kNothing{};
constexpr Undo kShare{.share_put = true};
constexpr Undo kClaimed{.share_put = true, .share_claimed = true};
constexpr Undo kBoth{.share_put = true, .group_put = true};
constexpr Undo kClaimedAndGroup{.share_put = true, .share_claimed = true, .group_put = true};
constexpr Undo kGroup{.group_put = true};
constexpr Undo kChanged{.group_changed = true};

}  // namespace

TEST_CASE("undo: only what the call has made goes, and what is up stays") {
  struct Row {
    std::string what;
    Undo undo;
    std::optional<ContainerGroup> group;
    Whose share;
    UndoStep step;
  };
  const Row rows[] = {
      {"nothing was done", kNothing, running_group(), Whose::kOwn, UndoStep::kDone},
      {"nothing was done, and the share is of the same mark", kNothing, {}, Whose::kOwn, UndoStep::kDone},
      {"its share", kShare, {}, Whose::kOwn, UndoStep::kDeleteShare},
      {"another call's share", kShare, {}, Whose::kOthers, UndoStep::kDone},
      {"no share by now", kShare, {}, Whose::kNobodys, UndoStep::kDone},
      {"a claimed share", kClaimed, {}, Whose::kOwn, UndoStep::kLookIntoShare},
      {"a claimed share that another has claimed since", kClaimed, {}, Whose::kOthers, UndoStep::kDone},
      {"a claimed share that its container has used",
       kClaimedAndGroup,
       {},
       Whose::kOwn,
       UndoStep::kDeleteShare},
      {"its share under another's container", kShare, others(running_group()), Whose::kOwn, UndoStep::kDone},
      {"its container, failed", kBoth, failed_group(), Whose::kOwn, UndoStep::kDeleteGroup},
      {"its container, crashing", kBoth, crashing_group(), Whose::kOwn, UndoStep::kDeleteGroup},
      {"its container, coming up", kBoth, pending_group(), Whose::kOwn, UndoStep::kDeleteGroup},
      {"its container, up after all", kBoth, running_group(), Whose::kOwn, UndoStep::kLeave},
      {"its container, stopped by somebody", kBoth, stopped_group(), Whose::kOwn, UndoStep::kLeave},
      {"its container, without files", kGroup, running_group(), Whose::kNobodys, UndoStep::kDeleteGroup},
      {"another call's container", kBoth, others(pending_group()), Whose::kOwn, UndoStep::kDone},
      {"a started container, coming up", kChanged, others(pending_group()), Whose::kOthers,
       UndoStep::kStopGroup},
      {"a started container, failed", kChanged, others(failed_group()), Whose::kOthers, UndoStep::kStopGroup},
      {"a started container, up", kChanged, others(running_group()), Whose::kOthers, UndoStep::kLeave},
      {"a redeployed container, failed", kChanged, failed_group(), Whose::kOthers, UndoStep::kStopGroup},
      {"a redeployed container, without files", kChanged, pending_group(), Whose::kNobodys,
       UndoStep::kDeleteGroup},
      {"a container that another maker has taken over", kChanged, others(foreign_group()), Whose::kNobodys,
       UndoStep::kDone}};
  for (const Row& row : rows) {
    CAPTURE(row.what);
    History history;
    history.call = sample_facts().call;
    history.now = kSampleNow;
    CHECK(next_to_undo(kSampleId, observe(row.group, row.share), history, row.undo, false, false) ==
          row.step);
  }
}

TEST_CASE("undo: what may yet happen is waited for") {
  History history;
  history.call = sample_facts().call;
  history.now = kSampleNow;
  const auto next = [&](std::optional<ContainerGroup> group, Whose share, Undo undo, bool late, bool early) {
    return next_to_undo(kSampleId, observe(std::move(group), share), history, undo, late, early);
  };
  // A write without an answer, of the share, the container, the start of a stopped one.
  CHECK(next({}, Whose::kNobodys, kShare, true, true) == UndoStep::kWait);
  CHECK(next({}, Whose::kOthers, kGroup, true, true) == UndoStep::kWait);
  CHECK(next(others(stopped_group()), Whose::kOthers, kChanged, true, true) == UndoStep::kWait);
  CHECK(next(others(stopped_group()), Whose::kOthers, kChanged, false, true) == UndoStep::kLeave);
  CHECK(next(others(running_group()), Whose::kOthers, kChanged, true, true) == UndoStep::kLeave);
  // What is there already goes at once.
  CHECK(next({}, Whose::kOwn, kShare, true, true) == UndoStep::kDeleteShare);
  // The other create on this call's share undoes itself.
  CHECK(next(others(failed_group()), Whose::kOwn, kShare, false, true) == UndoStep::kWait);
  CHECK(next(others(failed_group()), Whose::kOwn, kShare, false, false) == UndoStep::kDone);
  CHECK(next(others(pending_group()), Whose::kOwn, kShare, false, true) == UndoStep::kDone);
  // Once stopped, a started container stays, whatever Azure calls it.
  history.stopped = true;
  CHECK(next(others(failed_group()), Whose::kOthers, kChanged, false, true) == UndoStep::kDone);
}
