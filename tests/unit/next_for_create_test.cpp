// What a create does beyond the state table: shapes, takeovers, other regions, reads that lag.
#include <doctest/doctest.h>

#include "plan/decisions.h"
#include "support/plan_samples.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::internal::plan;
using namespace dev8agent::test;

namespace {

std::string next(const Situation& at, const Facts& wanted = sample_facts()) {
  return text_of(next_for_create(wanted, false, at));
}

// This call has made the share its own by taking it over from the sample's create.
Situation taken_over(std::optional<ContainerGroup> group, const std::string& token = kOwnToken) {
  Situation at = sample_situation(std::move(group), true);
  set_share_token(at, token);
  confirm_absence(at);
  at.own.share_takeover = Sent::kAccepted;
  at.own.taken_from = kSampleToken;
  return at;
}

}  // namespace

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
      const Decision decision = next_for_create(wanted, false, sample_situation(group, true));
      REQUIRE_FALSE(decision.ok());
      CHECK(decision.error().code == ErrorCode::kConflict);
      CHECK(decision.error().message.find(row.field) != std::string::npos);
      CHECK(decision.error().message.find("user-2") == std::string::npos);
    }
  }
}

TEST_CASE("create: name and base image are no part of the shape, and the case of the region is not either") {
  Facts wanted = sample_facts();
  wanted.name = "Another name";
  wanted.base_image = "python";
  wanted.region = "EastUS";
  wanted.created_at = kSampleNow;
  Situation at = sample_situation(running_group(), true);
  set_share_token(at, "");
  CHECK(next(at, wanted) == "done");
}

TEST_CASE("create: a share of another maker is a conflict, never adopted") {
  Situation at = sample_situation(std::nullopt, false);
  at.seen.share = see_share(FileShare{"fs-" + kSampleId, 100, {}});
  CHECK(next(at) == "CONFLICT");
}

TEST_CASE("create: the share of a running environment is released before success is returned") {
  CHECK(next(sample_situation(running_group(), true)) == "release share");
  CHECK(next(sample_situation(stopped_group(), true)) == "release share");
}

TEST_CASE("create: an unfinished create's share is taken over when no container exists and it is empty") {
  Situation at = sample_situation(std::nullopt, true);
  CHECK(next(at) == "confirm absence");
  at.seen.content = ShareContent::kEmpty;
  CHECK(next(at) == "confirm absence");
  at.seen.content = ShareContent::kNotInspected;
  confirm_absence(at);
  CHECK(next(at) == "inspect share");
  at.seen.content = ShareContent::kEmpty;
  CHECK(next(at) == "take over share");
  at.seen.content = ShareContent::kHoldsFiles;
  CHECK(next(at) == "put group");
  at.seen.content = ShareContent::kUnknown;
  CHECK(next(at) == "put group");
  // A container that failed before it ran is the unfinished create's, too.
  Situation failed = sample_situation(failed_group(), true);
  CHECK(next(failed) == "inspect share");
  failed.seen.content = ShareContent::kEmpty;
  CHECK(next(failed) == "take over share");
  failed.seen.content = ShareContent::kHoldsFiles;
  CHECK(next(failed) == "put group");
}

TEST_CASE("create: after a takeover only the dead create's container is deleted") {
  CHECK(next(taken_over(std::nullopt)) == "put group");
  CHECK(next(taken_over(failed_group())) == "delete group");
  CHECK(next(taken_over(with_token(failed_group(), "token-of-a-third"))) == "put group");
  CHECK(next(taken_over(pending_group())) == "wait");
  CHECK(next(taken_over(running_group())) == "done");
  CHECK(next(taken_over(crashing_group())) == "CONTAINER_FAILED");
  Situation wrote = taken_over(failed_group());
  wrote_group(wrote, &OwnWrites::group_redeploy);
  wrote.own.replaced_token = std::string("token-of-a-third");
  CHECK(next(wrote) == "CONTAINER_FAILED");
}

TEST_CASE("create: after losing its share to a takeover it waits for the other container, up to a limit") {
  Situation at = taken_over(std::nullopt, "token-of-a-third");
  CHECK(next(at) == "wait");
  at.seen.absence.first_asked = at.now - std::chrono::seconds(90);
  CHECK(next(at) == "put group");
  CHECK(next(taken_over(with_token(failed_group(), "token-of-a-third"), "token-of-a-third")) ==
        "CONTAINER_FAILED");
}

TEST_CASE("create: it looks whether another create has taken over before it counts on that one's container") {
  Situation at = sample_situation(running_group(), true);
  set_share_token(at, kOwnToken);
  at.own.share_put = Sent::kAccepted;
  CHECK(next(at) == "done");
  at.seen.share_asked_at = at.now - kFreshFor - std::chrono::milliseconds(1);
  CHECK(next(at) == "observe");
  at.reobservations = kMaxReobservations;
  CHECK(next(at) == "done");
  at.reobservations = 0;
  note_group(at.seen, with_token(running_group(), kOwnToken), at.now);
  CHECK(next(at) == "done");
  set_share_token(at, "token-of-a-third");
  CHECK(next(at) == "release share");
}

TEST_CASE("create: its own new share needs no confirmed absence, but a check of the other regions") {
  Situation at = sample_situation(std::nullopt, true);
  set_share_token(at, kOwnToken);
  at.own.share_put = Sent::kUnanswered;  // its answer was lost
  CHECK(next(at) == "put group");
  at.seen.other_regions_clear = false;
  CHECK(next(at) == "check other regions");
  CHECK(text_of(next_for_create(sample_facts(), true, at)) == "put group");  // the id was made just now
}

TEST_CASE("create: a group that reads do not show after its own PUT is waited for, by time") {
  Situation at = sample_situation(std::nullopt, true);
  set_share_token(at, kOwnToken);
  at.own.share_put = Sent::kAccepted;
  wrote_group(at, &OwnWrites::group_put, std::chrono::seconds(59));
  confirm_absence(at);
  CHECK(next(at) == "wait");
  wrote_group(at, &OwnWrites::group_put, kVisibleAfter);
  const Decision gone = next_for_create(sample_facts(), false, at);
  REQUIRE_FALSE(gone.ok());
  CHECK(gone.error().code == ErrorCode::kConflict);
  CHECK(gone.error().message.find("deleted meanwhile") != std::string::npos);
  at.seen.absence.not_listed_asked.reset();  // the last read alone, which may lag
  CHECK(next(at) == "confirm absence");
}

TEST_CASE("create: a body from before its own PUT does not end it") {
  Situation at = sample_situation(failed_group(), true);
  set_share_token(at, kOwnToken);
  wrote_group(at, &OwnWrites::group_redeploy);
  at.own.replaced_token = kSampleToken;
  CHECK(next(at) == "wait");
  wrote_group(at, &OwnWrites::group_redeploy, kVisibleAfter);
  CHECK(next(at) == "CONTAINER_FAILED");
  at.own.group_redeploy = Sent::kNo;
  wrote_group(at, &OwnWrites::group_put);  // it deleted that group, and put one in its place
  CHECK(next(at) == "wait");
  at.own.replaced_token = std::string("token-of-a-third");
  CHECK(next(at) == "CONTAINER_FAILED");
}

TEST_CASE("create: a group whose update Azure refuses is deleted first") {
  Situation at = sample_situation(failed_group(), true);
  set_share_token(at, "");
  at.own.update_refused = true;
  CHECK(next(at) == "delete group");
}

TEST_CASE("create: a failed operation of its own ends it") {
  Situation at = sample_situation(pending_group(), true);
  at.deployment_error = make_error(ErrorCode::kCapacityUnavailable, "full");
  CHECK(next(at) == "CAPACITY_UNAVAILABLE");
}

TEST_CASE("create: without a takeover no state leads to a delete, a stop or a start") {
  for (const auto& group : {running_group(), stopped_group(), pending_group(), deleting_group(),
                            ended_group(), crashing_group(), failed_group(), foreign_group()}) {
    for (int bits = 0; bits < 8; ++bits) {
      Situation at = sample_situation(group, (bits & 1) != 0);
      if ((bits & 2) != 0) wrote_group(at, &OwnWrites::group_put);
      if ((bits & 4) != 0) at.seen.content = ShareContent::kHoldsFiles;
      const std::string step = next(at);
      CAPTURE(step);
      CHECK(step.find("delete") == std::string::npos);
      CHECK(step != "stop group");
      CHECK(step != "start group");
      CHECK(step != "create share");
    }
  }
}

TEST_CASE("create: sizes that are too large for a new environment are kept where they are") {
  const std::vector<FieldError> too_large = {{"cpuCores", "must be at most 2 cores on this agent"}};
  Situation unfinished = sample_situation(std::nullopt, true);
  confirm_absence(unfinished);
  struct Row {
    std::string what;
    Situation at;
    std::string next;
  };
  const Row rows[] = {
      {"nothing", sample_situation(std::nullopt, false), "INVALID_REQUEST"},
      {"share alone", unfinished, "inspect share"},
      {"running", sample_situation(running_group(), true), "release share"},
      {"stopped", sample_situation(stopped_group(), true), "release share"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    CHECK(text_of(next_for_create(sample_facts(), false, row.at, too_large)) == row.next);
  }
  const Decision refused = next_for_create(sample_facts(), false, rows[0].at, too_large);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().fields == too_large);
}
