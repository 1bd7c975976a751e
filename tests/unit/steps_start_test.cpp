// What a start does next, for every state that Azure may be in.
#include <doctest/doctest.h>

#include "plan/steps.h"
#include "support/plan_samples.h"

using namespace dev8agent;
using namespace dev8agent::plan;
using namespace dev8agent::test;

namespace {

struct Past {
  StartChange change = StartChange::kNothing;
  bool wrote = false;
  bool stopped = false;
};

Decision decide(std::optional<ContainerGroup> group, bool share, Past past = {}) {
  Observation seen;
  seen.group = std::move(group);
  if (share) seen.share = sample_share();
  History history;
  history.wrote = past.wrote;
  history.stopped = past.stopped;
  history.now = kSampleNow;
  return next_for_start(kSampleId, past.change, seen, history);
}

constexpr Past kPlain{};
constexpr Past kPlainWrote{StartChange::kNothing, true, false};
constexpr Past kPlainStopped{StartChange::kNothing, false, true};
constexpr Past kRedeploy{StartChange::kContainer, false, false};
constexpr Past kRedeployWrote{StartChange::kContainer, true, false};
constexpr Past kRename{StartChange::kRecords, false, false};

}  // namespace

TEST_CASE("start: what is there decides the step") {
  struct Row {
    std::string what;
    std::optional<ContainerGroup> group;
    Past past;
    Step step;
    ErrorCode error = ErrorCode::kInternal;
  };
  const Row rows[] = {
      {"no group: a new container on the files", std::nullopt, kPlain, Step::kPutGroup},
      {"no group, other sizes", std::nullopt, kRedeploy, Step::kPutGroup},
      {"stopped, as it stands", stopped_group(), kPlain, Step::kStartGroup},
      {"stopped, other sizes", stopped_group(), kRedeploy, Step::kPutGroup},
      {"running, nothing to change", running_group(), kPlain, Step::kDone},
      {"running, other sizes", running_group(), kRedeploy, Step::kFail, ErrorCode::kConflict},
      {"running, another name", running_group(), kRename, Step::kFail, ErrorCode::kConflict},
      {"stopped, another name", stopped_group(), kRename, Step::kStartGroup},
      {"running although its deployment failed", sample_group("Failed", "Running", "Running"), kPlain,
       Step::kDone},
      {"running after this call's PUT", running_group(), kRedeployWrote, Step::kDone},
      {"running after this call's start", running_group(), kPlainWrote, Step::kDone},
      {"pending", pending_group(), kPlain, Step::kWait},
      {"pending, other sizes", pending_group(), kRedeploy, Step::kWait},
      {"being deleted", deleting_group(), kPlain, Step::kWait},
      {"unknown word", sample_group("Levitating", ""), kPlain, Step::kWait},
      {"ended by itself", ended_group(), kPlain, Step::kStartGroup},
      {"ended by itself, other sizes", ended_group(), kRedeploy, Step::kPutGroup},
      {"crashes: stopped first", crashing_group(), kPlain, Step::kStopGroup},
      {"crashes, stopped by this call", crashing_group(), kPlainStopped, Step::kStartGroup},
      {"crashes, other sizes", crashing_group(), kRedeploy, Step::kPutGroup},
      {"crashes after this call's start", crashing_group(), kPlainWrote, Step::kFail,
       ErrorCode::kContainerFailed},
      {"crashes after this call's PUT", crashing_group(), kRedeployWrote, Step::kFail,
       ErrorCode::kContainerFailed},
      {"never came up", failed_group(), kPlain, Step::kStopGroup},
      {"a foreign group", foreign_group(), kPlain, Step::kFail, ErrorCode::kConflict},
      {"a foreign group, other sizes", foreign_group(), kRedeploy, Step::kFail, ErrorCode::kConflict},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    const Decision decision = decide(row.group, true, row.past);
    CHECK(decision.step == row.step);
    CHECK(decision.error.has_value() == (row.step == Step::kFail));
    if (decision.error && row.step == Step::kFail) CHECK(decision.error->code == row.error);
  }
}

TEST_CASE("start: without a share it is not found, in the contract's words, and nothing is made") {
  for (const auto& group : {std::optional<ContainerGroup>(), std::optional(stopped_group()),
                            std::optional(running_group()), std::optional(crashing_group())}) {
    for (bool redeploy : {true, false}) {
      const Decision decision = decide(group, false, redeploy ? kRedeploy : kPlain);
      REQUIRE(decision.step == Step::kFail);
      REQUIRE(decision.error.has_value());
      CHECK(decision.error->code == ErrorCode::kNotFound);
      CHECK(decision.error->message.find("volume not found") != std::string::npos);
      CHECK(decision.error->message.find("Create environment first.") != std::string::npos);
    }
  }
}

TEST_CASE("start: failures of an earlier deployment do not end this one") {
  ContainerGroup group = pending_group();
  group.events.push_back(failure_event("FailedMountAzureFileVolume", ErrorCode::kMountFailed,
                                       kSampleNow - std::chrono::hours(1)));
  Observation seen;
  seen.group = group;
  seen.share = sample_share();
  History history;
  history.wrote = true;
  history.since = kSampleNow - std::chrono::minutes(1);
  history.now = kSampleNow;
  CHECK(next_for_start(kSampleId, StartChange::kNothing, seen, history).step == Step::kWait);
  history.since = kSampleNow - std::chrono::hours(2);
  CHECK(next_for_start(kSampleId, StartChange::kNothing, seen, history).step == Step::kFail);
}

TEST_CASE("start: no state leads to a delete") {
  for (const auto& group : {running_group(), stopped_group(), pending_group(), deleting_group(),
                            ended_group(), crashing_group(), failed_group(), foreign_group()}) {
    for (int bits = 0; bits < 16; ++bits) {
      const Past past{(bits & 1) != 0 ? StartChange::kContainer : StartChange::kNothing, (bits & 2) != 0,
                      (bits & 4) != 0};
      const Step step = decide(group, (bits & 8) != 0, past).step;
      CHECK(step != Step::kDeleteGroup);
      CHECK(step != Step::kDeleteShare);
      CHECK(step != Step::kCreateShare);
    }
  }
}

TEST_CASE("facts: what is left to write is judged by what is told, not by how it is kept") {
  Observation seen;
  seen.share = sample_share();
  seen.group = stopped_group();
  Facts facts = sample_facts();
  CHECK(facts_left(seen, facts, true).none());
  facts.call = "another-mark";  // stays whose it is
  CHECK(facts_left(seen, facts, true).none());
  // Azure leaves out what is empty, others add what is theirs.
  Facts bare = sample_facts();
  bare.call.clear();
  seen.share->metadata = to_metadata(bare);
  seen.share->metadata.erase("call");
  seen.share->metadata["backup"] = "weekly";
  seen.group->tags["costCenter"] = "42";
  CHECK(facts_left(seen, facts, true).none());

  facts.storage_gb = 50;
  CHECK(facts_left(seen, facts, false).quota_gib == 55);
  CHECK(facts_left(seen, facts, false).metadata.has_value());
  CHECK_FALSE(facts_left(seen, facts, false).tags.has_value());
  facts = sample_facts();
  facts.name = "Another name";
  CHECK_FALSE(facts_left(seen, facts, true).quota_gib.has_value());
  CHECK(facts_left(seen, facts, true).metadata->at("name") == "Another=20name");
  CHECK(facts_left(seen, facts, true).tags->at("call") == "mark-of-the-create");
}
