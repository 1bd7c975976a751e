// What a stop and a delete do beyond the state table.
#include <doctest/doctest.h>

#include "plan/decisions.h"
#include "support/plan_samples.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::internal::plan;
using namespace dev8agent::test;

namespace {

const std::string kSnapshot = "2026-01-15T10:00:00.0000000Z";

Situation after_stop(std::optional<ContainerGroup> group) {
  Situation at = sample_situation(std::move(group), true);
  at.own.group_stop = Sent::kAccepted;
  return at;
}

Situation after_delete(std::optional<ContainerGroup> group, bool share) {
  Situation at = sample_situation(std::move(group), share);
  at.own.group_delete = Sent::kAccepted;
  return at;
}

}  // namespace

TEST_CASE("stop: after its own stop it waits for what it has stopped") {
  CHECK(text_of(next_for_stop(after_stop(running_group()))) == "wait");
  CHECK(text_of(next_for_stop(after_stop(pending_group()))) == "wait");
  CHECK(text_of(next_for_stop(after_stop(stopped_group()))) == "done");
  CHECK(text_of(next_for_stop(after_stop(failed_group()))) == "CONTAINER_FAILED");
  Situation again = after_stop(running_group());
  again.own.stopped_run = kSampleNow - std::chrono::hours(1);
  again.seen.group->state.container_started_at = kSampleNow;
  const Decision started = next_for_stop(again);
  REQUIRE_FALSE(started.ok());
  CHECK(started.error().message.find("started again meanwhile") != std::string::npos);
}

TEST_CASE("stop: it does not say stopped because of one read without a group") {
  Situation at = sample_situation(std::nullopt, true);
  set_share_token(at, "");
  CHECK(text_of(next_for_stop(at)) == "stop group");
  CHECK(text_of(next_for_stop(after_stop(std::nullopt))) == "confirm absence");
  at.seen.absence.provider_said_at = at.now;  // POST stop was answered with 404
  CHECK(text_of(next_for_stop(at)) == "done");
}

TEST_CASE("stop: a young share of an unfinished create may get its container yet") {
  Situation at = sample_situation(std::nullopt, true);
  confirm_absence(at);
  at.seen.share->facts.created_at = kSampleNow - std::chrono::minutes(1);
  CHECK(text_of(next_for_stop(at)) == "wait");
  set_share_token(at, "");
  at.seen.share->facts.created_at = kSampleNow - std::chrono::minutes(1);
  CHECK(text_of(next_for_stop(at)) == "done");
}

TEST_CASE("delete: the share goes only after the group's own DELETE was answered") {
  for (bool force : {true, false}) {
    Situation at = sample_situation(std::nullopt, true);
    CHECK(text_of(next_for_delete(force, at)) == (force ? "delete group" : "confirm absence"));
    confirm_absence(at);
    CHECK(text_of(next_for_delete(force, at)) == "delete group");
    CHECK(text_of(next_for_delete(force, after_delete(std::nullopt, true))) == "delete share");
    CHECK(text_of(next_for_delete(force, after_delete(std::nullopt, false))) == "done");
    CHECK(text_of(next_for_delete(force, after_delete(deleting_group(), true))) == "delete group");
    CHECK(text_of(next_for_delete(force, after_delete(foreign_group(), true))) == "CONFLICT");
  }
  for (const auto& group : {running_group(), stopped_group(), pending_group(), deleting_group(),
                            ended_group(), crashing_group(), failed_group(), foreign_group()}) {
    for (int bits = 0; bits < 8; ++bits) {
      Situation at = sample_situation(group, (bits & 1) != 0);
      if ((bits & 4) != 0) at.own.group_delete = Sent::kAccepted;
      const std::string step = text_of(next_for_delete((bits & 2) != 0, at));
      CHECK(step != "delete share");
      CHECK(step != "done");
    }
  }
}

TEST_CASE("delete: files are kept when a container turns up that no read had shown") {
  Situation at = after_delete(std::nullopt, true);
  at.own.deleted_unseen = true;
  const Decision kept = next_for_delete(false, at);
  REQUIRE_FALSE(kept.ok());
  CHECK(kept.error().code == ErrorCode::kConflict);
  CHECK(kept.error().message.find("the files are kept") != std::string::npos);
  CHECK(text_of(next_for_delete(true, at)) == "delete share");
}

TEST_CASE("delete: files that are to be kept get a snapshot first and a mark last, and are never deleted") {
  for (const auto& group : {stopped_group(), pending_group(), failed_group(), deleting_group()}) {
    Situation at = sample_situation(group, true);
    at.keeps_files = true;
    CHECK(text_of(next_for_delete(false, at)) == "snapshot share");
    at.own.snapshot = kSnapshot;
    CHECK(text_of(next_for_delete(false, at)) == "delete group");
  }
  Situation running = sample_situation(running_group(), true);
  running.keeps_files = true;
  CHECK(text_of(next_for_delete(false, running)) == "CONFLICT");
  CHECK(text_of(next_for_delete(true, running)) == "snapshot share");
  running.seen.share.reset();
  running.seen.share_asked_at = TimePoint{};  // nobody has asked about the files
  CHECK(text_of(next_for_delete(true, running)) == "observe");
  running.seen.share_asked_at = running.now;  // there are none
  CHECK(text_of(next_for_delete(true, running)) == "delete group");

  Situation alone = sample_situation(std::nullopt, true);
  alone.keeps_files = true;
  CHECK(text_of(next_for_delete(false, alone)) == "confirm absence");
  CHECK(text_of(next_for_delete(true, alone)) == "snapshot share");
  alone.own.snapshot = kSnapshot;
  CHECK(text_of(next_for_delete(true, alone)) == "delete group");
  alone.own.group_delete = Sent::kAccepted;
  CHECK(text_of(next_for_delete(true, alone)) == "keep share");
  alone.seen.share->kept_snapshot = "2026-01-14T09:00:00.0000000Z";
  CHECK(text_of(next_for_delete(true, alone)) == "keep share");
  alone.own.stored = alone.seen.share->facts;
  alone.own.share_unread = true;
  alone.seen.share->kept_snapshot = kSnapshot;
  CHECK(text_of(next_for_delete(true, alone)) == "observe");
  alone.own.share_unread = false;
  CHECK(text_of(next_for_delete(true, alone)) == "done");
  alone.seen.share->kept_snapshot.clear();
  const Decision undone = next_for_delete(true, alone);
  REQUIRE_FALSE(undone.ok());
  CHECK(undone.error().code == ErrorCode::kConflict);
  CHECK(undone.error().retryable);
  CHECK(undone.error().message.find("restored or changed by another call") != std::string::npos);
}

TEST_CASE("delete: files that came or went meanwhile are neither lost nor said to be kept") {
  Situation came = after_delete(std::nullopt, true);
  came.keeps_files = true;  // there were none when the container was deleted
  CHECK(text_of(next_for_delete(true, came)) == "snapshot share");
  came.own.snapshot = kSnapshot;
  CHECK(text_of(next_for_delete(true, came)) == "keep share");
  Situation went = after_delete(std::nullopt, false);
  went.keeps_files = true;
  CHECK(text_of(next_for_delete(true, went)) == "done");
  went.own.snapshot = kSnapshot;
  const Decision next = next_for_delete(true, went);
  REQUIRE_FALSE(next.ok());
  CHECK(next.error().code == ErrorCode::kConflict);
  CHECK(next.error().message.find("by another call, and its files with their snapshots") !=
        std::string::npos);
}

TEST_CASE("delete: a running body from before its own DELETE is no refusal") {
  ContainerGroup group = running_group();
  group.container_started_at = kSampleNow - std::chrono::hours(1);
  Situation at = after_delete(group, true);
  at.own.run_before = group.container_started_at;
  CHECK(text_of(next_for_delete(false, at)) == "delete group");
  at.seen.group->state.container_started_at = kSampleNow;  // somebody has started it since
  CHECK(text_of(next_for_delete(false, at)) == "CONFLICT");
}

TEST_CASE("stop and delete: refusals say what to do, in the contract's words") {
  CHECK(next_for_delete(false, sample_situation(running_group(), true)).error().message ==
        "environment workspace-0001 is still running. Stop it first or use force=true");
  CHECK(next_for_stop(sample_situation(foreign_group(), true)).error().message.find("does not manage") !=
        std::string::npos);
}
