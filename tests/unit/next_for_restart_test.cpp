// What a restart does beyond the state table.
#include <doctest/doctest.h>

#include "plan/decisions.h"
#include "support/plan_samples.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::internal::plan;
using namespace dev8agent::test;
using std::chrono::hours;
using std::chrono::seconds;

namespace {

const WallTime kFirstRun = kSampleNow - hours(1);

ContainerGroup run_of(WallTime started) {
  ContainerGroup group = running_group();
  group.container_started_at = started;
  return group;
}

// A restart of the container that runs since kFirstRun, sent `age` ago.
Situation after_restart(std::optional<ContainerGroup> group, Sent sent = Sent::kAccepted,
                        seconds age = seconds(5)) {
  Situation at = sample_situation(std::move(group), true);
  at.own.group_restart = sent;
  at.own.run_before = kFirstRun;
  at.own.group_written_at = at.now - age;
  return at;
}

}  // namespace

TEST_CASE("restart: it is done when a container runs that started later") {
  CHECK(text_of(next_for_restart(sample_situation(run_of(kFirstRun), true))) == "restart group");
  CHECK(text_of(next_for_restart(after_restart(run_of(kFirstRun)))) == "wait");
  CHECK(text_of(next_for_restart(after_restart(pending_group()))) == "wait");
  CHECK(text_of(next_for_restart(after_restart(run_of(kSampleNow)))) == "done");
  Situation old = after_restart(run_of(kSampleNow));
  old.seen.group_asked_at = old.now - seconds(20);
  CHECK(text_of(next_for_restart(old)) == "observe");
}

TEST_CASE("restart: Azure may show no new start time") {
  CHECK(text_of(next_for_restart(after_restart(run_of(kFirstRun), Sent::kAccepted, seconds(59)))) == "wait");
  CHECK(text_of(next_for_restart(after_restart(run_of(kFirstRun), Sent::kAccepted, seconds(60)))) == "done");
}

TEST_CASE("restart: one that got no answer is repeated only when it has surely not happened") {
  CHECK(text_of(next_for_restart(after_restart(run_of(kSampleNow), Sent::kUnanswered))) == "done");
  CHECK(text_of(next_for_restart(after_restart(pending_group(), Sent::kUnanswered))) == "wait");
  Situation young = after_restart(run_of(kFirstRun), Sent::kUnanswered);
  young.own.late_until = young.now + seconds(1);
  CHECK(text_of(next_for_restart(young)) == "wait");
  young.own.late_until = young.now;
  CHECK(text_of(next_for_restart(young)) == "restart group");
  CHECK(text_of(next_for_restart(after_restart(run_of(kFirstRun), Sent::kRejected))) == "restart group");
}

TEST_CASE("restart: what fails after it ends the call with the container's own error") {
  CHECK(text_of(next_for_restart(after_restart(crashing_group()))) == "CONTAINER_FAILED");
  CHECK(text_of(next_for_restart(after_restart(failed_group()))) == "CONTAINER_FAILED");
  CHECK(text_of(next_for_restart(sample_situation(crashing_group(), true))) == "CONFLICT");
  CHECK(text_of(next_for_restart(after_restart(crashing_group(), Sent::kRejected))) == "CONFLICT");
}

TEST_CASE("restart: others may stop or delete what it has restarted") {
  for (const Sent sent : {Sent::kAccepted, Sent::kUnanswered}) {
    CHECK(text_of(next_for_restart(after_restart(stopped_group(), sent))) == "CONFLICT");
    CHECK(text_of(next_for_restart(after_restart(deleting_group(), sent))) == "CONFLICT");
    CHECK(text_of(next_for_restart(after_restart(foreign_group(), sent))) == "CONFLICT");
    Situation gone = after_restart(std::nullopt, sent);
    gone.seen.share.reset();
    CHECK(text_of(next_for_restart(gone)) == "NOT_FOUND");
  }
}

TEST_CASE("restart: one read without the group proves nothing, also after its own POST") {
  Situation at = sample_situation(std::nullopt, true);
  CHECK(text_of(next_for_restart(at)) == "confirm absence");
  confirm_absence(at);
  CHECK(text_of(next_for_restart(at)) == "CONFLICT");
  Situation after = after_restart(std::nullopt);
  CHECK(text_of(next_for_restart(after)) == "confirm absence");
  confirm_absence(after);
  const Decision gone = next_for_restart(after);
  REQUIRE_FALSE(gone.ok());
  CHECK(gone.error().message.find("deleted meanwhile") != std::string::npos);
}

TEST_CASE("restart: refusals say what to do") {
  const auto message = [](const Situation& at) { return next_for_restart(at).error().message; };
  CHECK(message(sample_situation(stopped_group(), true)) ==
        "environment workspace-0001 is not running. Start it instead");
  CHECK(message(sample_situation(ended_group(), true)).find("Start it instead") != std::string::npos);
  const Decision coming = next_for_restart(sample_situation(pending_group(), true));
  CHECK(coming.error().retryable);
  CHECK(message(sample_situation(running_group(), false)).find("lost its file share") != std::string::npos);
  CHECK(message(sample_situation(foreign_group(), true)).find("does not manage") != std::string::npos);
}
