// What a create or start that failed undoes next, for what it has written and what is there.
#include <doctest/doctest.h>

#include "plan/decisions.h"
#include "support/plan_samples.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::internal::plan;
using namespace dev8agent::test;

namespace {

enum class Share { kNone, kOwn, kOthers };

struct Wrote {
  bool share = false;
  bool takeover = false;
  bool group = false;
  bool changed = false;  // redeployed or started what was there
  bool asked = false;    // the group's DELETE was answered
};
constexpr Wrote kNothing{};
constexpr Wrote kShare{.share = true};
constexpr Wrote kTakeover{.takeover = true};
constexpr Wrote kBoth{.share = true, .group = true};
constexpr Wrote kBothAsked{.share = true, .group = true, .asked = true};
constexpr Wrote kGroup{.group = true};
constexpr Wrote kGroupAsked{.group = true, .asked = true};
constexpr Wrote kChanged{.changed = true};

Situation situation(const Wrote& wrote, std::optional<ContainerGroup> group, Share share) {
  Situation at = sample_situation(std::move(group), share != Share::kNone);
  if (share == Share::kOwn) set_share_token(at, kOwnToken);
  if (wrote.share) at.own.share_put = Sent::kAccepted;
  if (wrote.takeover) at.own.share_takeover = Sent::kAccepted;
  if (wrote.group) at.own.group_put = Sent::kAccepted;
  if (wrote.changed) at.own.group_start = Sent::kAccepted;
  if (wrote.asked) at.own.group_delete = Sent::kAccepted;
  at.reobservations = 1;
  return at;
}

std::string next(const Situation& at, std::chrono::seconds since_begin = kVisibleAfter) {
  return text_of(next_for_roll_back(std::nullopt, at.now - since_begin, at));
}

ContainerGroup own(ContainerGroup group) {
  return with_token(std::move(group), kOwnToken);
}

}  // namespace

TEST_CASE("roll-back: deletes only what this call created, keeps what is running") {
  struct Row {
    std::string what;
    Wrote wrote;
    std::optional<ContainerGroup> group;
    Share share;
    std::string step;
  };
  const Row rows[] = {
      {"nothing was done", kNothing, own(running_group()), Share::kOwn, "done"},
      {"nothing was done, though the share has its token", kNothing, {}, Share::kOwn, "done"},
      {"its share", kShare, {}, Share::kOwn, "delete share"},
      {"another call's share", kShare, {}, Share::kOthers, "done"},
      {"no share by now", kShare, {}, Share::kNone, "done"},
      {"a share that it took over", kTakeover, {}, Share::kOwn, "inspect share"},
      {"a share that another has taken over since", kTakeover, {}, Share::kOthers, "done"},
      {"its container is not shown: Azure's DELETE tells", kBoth, {}, Share::kOwn, "delete group"},
      {"its container is not there", kBothAsked, {}, Share::kOwn, "delete share"},
      {"its container is not shown, and no share is left", kGroup, {}, Share::kNone, "delete group"},
      {"neither is there", kGroupAsked, {}, Share::kNone, "done"},
      {"its container is not shown, the share is another's", kGroup, {}, Share::kOthers, "done"},
      {"its share under another's container", kShare, running_group(), Share::kOwn, "done"},
      {"its container, failed", kBoth, own(failed_group()), Share::kOwn, "delete group"},
      {"its container, crashing", kBoth, own(crashing_group()), Share::kOwn, "delete group"},
      {"its container, coming up", kBoth, own(pending_group()), Share::kOwn, "delete group"},
      {"its container, up after all", kBoth, own(running_group()), Share::kOwn, "keep running"},
      {"its container, stopped by somebody", kBoth, own(stopped_group()), Share::kOwn, "keep running"},
      {"its container, without files", kGroup, own(running_group()), Share::kNone, "delete group"},
      {"another call's container", kBoth, pending_group(), Share::kOwn, "done"},
      {"a started container, coming up", kChanged, pending_group(), Share::kOthers, "stop group"},
      {"a started container, failed", kChanged, failed_group(), Share::kOthers, "stop group"},
      {"a started container, up", kChanged, running_group(), Share::kOthers, "keep running"},
      {"a redeployed container, failed", kChanged, own(failed_group()), Share::kOthers, "stop group"},
      {"a redeployed container, without files", kChanged, own(pending_group()), Share::kNone, "delete group"},
      {"a container that another maker has taken over", kChanged, foreign_group(), Share::kNone, "done"}};
  for (const Row& row : rows) {
    CAPTURE(row.what);
    CHECK(next(situation(row.wrote, row.group, row.share)) == row.step);
  }
}

TEST_CASE("roll-back: the share is looked at once more before it goes") {
  for (const Wrote& wrote : {kShare, kBothAsked, kTakeover}) {
    Situation at = situation(wrote, {}, Share::kOwn);
    at.seen.content = ShareContent::kEmpty;
    CHECK(next(at) == "delete share");
    at.reobservations = 0;
    CHECK(next(at) == "observe");
  }
}

TEST_CASE("roll-back: a write without an answer is waited for") {
  const auto late = [](const Wrote& wrote, std::optional<ContainerGroup> group, Share share) {
    Situation at = situation(wrote, std::move(group), share);
    at.own.late_until = at.now + std::chrono::seconds(1);
    return next(at);
  };
  CHECK(late(kShare, {}, Share::kNone) == "wait");
  CHECK(late(kShare, {}, Share::kOwn) == "wait");
  CHECK(late(kGroup, {}, Share::kOthers) == "wait");
  CHECK(late(kChanged, stopped_group(), Share::kOthers) == "wait");
  CHECK(late(kChanged, running_group(), Share::kOthers) == "keep running");
  CHECK(late(kBoth, own(pending_group()), Share::kOwn) == "delete group");
}

TEST_CASE(
    "roll-back: a share for certificates goes when the files are gone, not from under another's files") {
  const auto with = [](Share share, Sent put, Sent deleted) {
    Situation at = situation(kChanged, {}, share);
    at.own.certificates_put = put;
    at.own.certificates_delete = deleted;
    return next(at);
  };
  CHECK(with(Share::kNone, Sent::kAccepted, Sent::kNo) == "delete certificate share");
  CHECK(with(Share::kNone, Sent::kUnanswered, Sent::kUnanswered) == "delete certificate share");
  CHECK(with(Share::kNone, Sent::kAccepted, Sent::kAccepted) == "done");
  CHECK(with(Share::kNone, Sent::kRejected, Sent::kNo) == "done");
  CHECK(with(Share::kOthers, Sent::kAccepted, Sent::kNo) != "delete certificate share");
}

TEST_CASE("roll-back: another's container on this call's share may be from the past, or go by itself") {
  for (const ContainerGroup& group : {failed_group(), pending_group(), running_group(), stopped_group()}) {
    CHECK(next(situation(kShare, group, Share::kOwn), std::chrono::seconds(1)) == "wait");
    CHECK(next(situation(kShare, group, Share::kOwn)) == "done");
    CHECK(next(situation(kShare, group, Share::kOthers), std::chrono::seconds(1)) == "done");
  }
}

TEST_CASE(
    "roll-back: a read that shows an earlier container of the id is waited out, not taken for somebody's") {
  for (const ContainerGroup& earlier : {running_group(), stopped_group(), pending_group(), failed_group()}) {
    Situation at = situation(kNothing, earlier, Share::kOwn);
    at.own.share_put = Sent::kAccepted;
    wrote_group(at, &OwnWrites::group_put, std::chrono::seconds(5));
    CHECK(next(at) == "wait");
  }
}

TEST_CASE("roll-back: a container is stopped once, whatever Azure calls it then") {
  Situation at = situation(kChanged, failed_group(), Share::kOthers);
  at.own.group_stop = Sent::kAccepted;
  CHECK(next(at) == "done");
}

TEST_CASE("roll-back: a share that was taken over goes only when it is known to be empty") {
  Situation at = situation(kTakeover, {}, Share::kOwn);
  at.seen.content = ShareContent::kEmpty;
  CHECK(next(at) == "delete share");
  at.seen.content = ShareContent::kHoldsFiles;
  CHECK(next(at) == "keep files");
  at.seen.content = ShareContent::kUnknown;
  CHECK(next(at) == "AZURE_UNAVAILABLE");
}

TEST_CASE("roll-back: facts that were changed in vain are restored, unless they are another call's by now") {
  Rewrite rewrite{sample_facts(), sample_facts()};
  rewrite.after.storage_gb = 50;
  const auto step = [&](const Situation& at) {
    return text_of(next_for_roll_back(rewrite, at.now - kVisibleAfter, at));
  };
  Situation at = situation(kNothing, stopped_group(), Share::kOthers);
  CHECK(step(at) == "done");
  at.seen.share->state.quota_gib = 55;
  CHECK(step(at) == "set quota");
  at.seen.share->state.quota_gib = 25;
  at.seen.share->facts.storage_gb = 50;
  CHECK(step(at) == "set metadata");
  at.seen.share->facts.storage_gb = 70;  // somebody else has written these
  CHECK(step(at) == "done");
  at.seen.share->facts.storage_gb = 50;
  at.seen.group->token = kOwnToken;  // the container of these facts exists
  CHECK(step(at) == "done");
}
