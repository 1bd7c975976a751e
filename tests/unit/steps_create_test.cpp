// What a create does next, for every state that Azure may be in.
#include <doctest/doctest.h>

#include "plan/steps.h"
#include "support/plan_samples.h"

using namespace dev8agent;
using namespace dev8agent::plan;
using namespace dev8agent::test;

namespace {

constexpr bool kShare = true;
constexpr bool kNoShare = false;

History history(bool wrote) {
  History result;
  result.call = "mark-of-this-call";
  result.wrote = wrote;
  result.now = kSampleNow;
  return result;
}

Decision decide(std::optional<ContainerGroup> group, bool share, bool wrote = false,
                const Facts& wanted = sample_facts()) {
  Observation seen;
  seen.group = std::move(group);
  if (share) seen.share = sample_share();
  return next_for_create(wanted, seen, history(wrote));
}

ContainerGroup unpullable() {
  ContainerGroup group = sample_group("Creating", "Pending", "Waiting");
  group.events.push_back(failure_event("BackOff", ErrorCode::kImagePullFailed, kSampleNow));
  return group;
}

ContainerGroup unmountable() {
  ContainerGroup group = pending_group();
  group.events.push_back(failure_event("FailedMountAzureFileVolume", ErrorCode::kMountFailed, kSampleNow));
  return group;
}

}  // namespace

TEST_CASE("create: what is there decides the step") {
  struct Row {
    std::string what;
    std::optional<ContainerGroup> group;
    bool share;
    bool wrote;
    Step step;
    ErrorCode error = ErrorCode::kInternal;
  };
  const Row rows[] = {
      {"nothing", std::nullopt, kNoShare, false, Step::kCreateShare},
      {"nothing, after this call's own writes", std::nullopt, kNoShare, true, Step::kWait},
      {"the share alone, after this call's own writes", std::nullopt, kShare, true, Step::kWait},
      {"the share alone", std::nullopt, kShare, false, Step::kClaimShare},
      {"running", running_group(), kShare, false, Step::kDone},
      {"running after this call's PUT", running_group(), kShare, true, Step::kDone},
      {"stopped stays stopped", stopped_group(), kShare, false, Step::kDone},
      {"pending", pending_group(), kShare, false, Step::kWait},
      {"creating", sample_group("Creating", "Pending"), kShare, true, Step::kWait},
      {"updating", sample_group("Updating", "Running", "Running"), kShare, true, Step::kWait},
      {"repairing", sample_group("Repairing", "Repairing"), kShare, false, Step::kWait},
      {"a word of the future", sample_group("Levitating", "Aloft"), kShare, false, Step::kWait},
      {"no words at all", sample_group("", ""), kShare, false, Step::kWait},
      {"being deleted", deleting_group(), kShare, false, Step::kWait},
      {"never came up, found so", failed_group(), kShare, false, Step::kClaimShare},
      {"never came up, ours", failed_group(), kShare, true, Step::kFail, ErrorCode::kContainerFailed},
      {"image cannot be pulled, found so", unpullable(), kShare, false, Step::kClaimShare},
      {"image cannot be pulled, ours", unpullable(), kShare, true, Step::kFail, ErrorCode::kImagePullFailed},
      {"mount fails, found so", unmountable(), kShare, false, Step::kClaimShare},
      {"mount fails, ours", unmountable(), kShare, true, Step::kFail, ErrorCode::kMountFailed},
      {"ran and ended", ended_group(), kShare, false, Step::kFail, ErrorCode::kContainerFailed},
      {"ran and crashes", crashing_group(), kShare, false, Step::kFail, ErrorCode::kContainerFailed},
      {"ran and crashes, ours", crashing_group(), kShare, true, Step::kFail, ErrorCode::kContainerFailed},
      {"a group without files", running_group(), kNoShare, false, Step::kFail, ErrorCode::kConflict},
      {"a foreign group", foreign_group(), kShare, false, Step::kFail, ErrorCode::kConflict},
      {"a foreign group, no share", foreign_group(), kNoShare, false, Step::kFail, ErrorCode::kConflict},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    const Decision decision = decide(row.group, row.share, row.wrote);
    CHECK(decision.step == row.step);
    CHECK(decision.error.has_value() == (row.step == Step::kFail));
    if (decision.error && row.step == Step::kFail) CHECK(decision.error->code == row.error);
  }
}

TEST_CASE("create: another shape or owner is a conflict that names the fields and changes nothing") {
  struct Row {
    std::string field;
    void (*change)(Facts&);
  };
  const Row rows[] = {
      {"userId", [](Facts& facts) { facts.user_id = "user-2"; }},
      {"cloudRegion", [](Facts& facts) { facts.region = "westeurope"; }},
      {"cpuCores", [](Facts& facts) { facts.cpu_cores = 4; }},
      {"memoryGB", [](Facts& facts) { facts.memory_gb = 16; }},
      {"storageGB", [](Facts& facts) { facts.storage_gb = 100; }},
  };
  for (const Row& row : rows) {
    CAPTURE(row.field);
    Facts wanted = sample_facts();
    row.change(wanted);
    for (const auto& group : {std::optional(running_group()), std::optional(stopped_group()),
                              std::optional(failed_group()), std::optional<ContainerGroup>()}) {
      const Decision decision = decide(group, kShare, false, wanted);
      REQUIRE(decision.error.has_value());
      CHECK(decision.error->code == ErrorCode::kConflict);
      CHECK(decision.error->message.find(row.field) != std::string::npos);
      CHECK(decision.error->message.find("user-2") == std::string::npos);
    }
  }
}

TEST_CASE("create: name and base image are no part of the shape; the region's case is not either") {
  Facts wanted = sample_facts();
  wanted.name = "Another name";
  wanted.base_image = "python";
  wanted.region = "EastUS";
  wanted.created_at = kSampleNow;
  wanted.call = "another-mark";
  CHECK(decide(running_group(), kShare, false, wanted).step == Step::kDone);
}

TEST_CASE("create: a share of another maker is a conflict, never adopted") {
  Observation seen;
  seen.share = FileShare{"fs-" + kSampleId, 100, {}};
  const Decision decision = next_for_create(sample_facts(), seen, history(false));
  CHECK(decision.step == Step::kFail);
  REQUIRE(decision.error.has_value());
  CHECK(decision.error->code == ErrorCode::kConflict);
}

TEST_CASE("create: what an unfinished create has left is claimed once, and its dead container removed") {
  struct Row {
    std::string what;
    std::optional<ContainerGroup> group;
    std::string mark;  // the share's
    Claim claim;
    int absences;
    Step step;
  };
  const std::string mine = "mark-of-this-call";
  const std::string dead = "mark-of-the-create";  // the group's, and the claimed share's before
  ContainerGroup others = failed_group();
  others.tags["call"] = "mark-of-a-third";
  const Row rows[] = {
      {"settled: nobody's to claim", std::nullopt, "", Claim::kNone, 1, Step::kPutGroup},
      {"settled, with a container", failed_group(), "", Claim::kNone, 0, Step::kPutGroup},
      {"unfinished", std::nullopt, dead, Claim::kNone, 1, Step::kClaimShare},
      {"unfinished, with a container", failed_group(), dead, Claim::kNone, 0, Step::kClaimShare},
      {"holds files", std::nullopt, dead, Claim::kRefused, 1, Step::kPutGroup},
      {"holds files, with a container", failed_group(), dead, Claim::kRefused, 0, Step::kPutGroup},
      {"claimed", std::nullopt, mine, Claim::kMine, 1, Step::kPutGroup},
      {"claimed, with a container", failed_group(), mine, Claim::kMine, 0, Step::kDeleteGroup},
      {"claimed, with a third's container", others, mine, Claim::kMine, 0, Step::kPutGroup},
      {"claimed, and it comes up", pending_group(), mine, Claim::kMine, 0, Step::kWait},
      {"claimed, and it runs", running_group(), mine, Claim::kMine, 0, Step::kDone},
      {"claimed, and it ran", crashing_group(), mine, Claim::kMine, 0, Step::kFail},
      {"taken over by another", std::nullopt, "mark-of-a-third", Claim::kMine, 2, Step::kWait},
      {"taken over by another, long ago", std::nullopt, "mark-of-a-third", Claim::kMine, 8, Step::kPutGroup},
      {"taken over by another, and failed", others, "mark-of-a-third", Claim::kMine, 0, Step::kFail},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    Facts facts = sample_facts();
    facts.call = row.mark;
    Observation seen;
    seen.group = row.group;
    seen.share = sample_share();
    seen.share->metadata = to_metadata(facts);
    History past = history(false);
    past.claim = row.claim;
    past.absences = row.absences;
    if (row.claim == Claim::kMine) past.claimed_from = dead;
    const Decision decision = next_for_create(sample_facts(), seen, past);
    CHECK(decision.step == row.step);
    CHECK(decision.error.has_value() == (row.step == Step::kFail));
    past.wrote = true;
    CHECK(next_for_create(sample_facts(), seen, past).step != Step::kDeleteGroup);
  }
}

TEST_CASE("create: without a claim no state leads to a delete, a stop or a start") {
  for (const auto& group :
       {running_group(), stopped_group(), pending_group(), deleting_group(), ended_group(), crashing_group(),
        failed_group(), foreign_group(), unpullable(), unmountable()}) {
    for (bool share : {true, false}) {
      for (bool wrote : {true, false}) {
        const Step step = decide(group, share, wrote).step;
        CHECK(step != Step::kDeleteGroup);
        CHECK(step != Step::kDeleteShare);
        CHECK(step != Step::kStopGroup);
        CHECK(step != Step::kStartGroup);
        CHECK(step != Step::kCreateShare);
      }
    }
  }
}

TEST_CASE(
    "create and start: a container that stays away after this call's own write was deleted, and is not made "
    "again") {
  History past = history(true);
  past.absences = 2;
  Observation seen;
  for (bool share : {false, true}) {
    if (share) seen.share = sample_share();
    const Decision decision = next_for_create(sample_facts(), seen, past);
    REQUIRE(decision.step == Step::kFail);
    CHECK(decision.error->code == ErrorCode::kConflict);
    CHECK(decision.error->message.find("deleted meanwhile") != std::string::npos);
  }
  CHECK(next_for_start(kSampleId, StartChange::kNothing, seen, past).step == Step::kFail);
}
