// The state table of plan/decisions.h: what each operation does in each state of the container group.
#include <doctest/doctest.h>

#include <array>

#include "plan/decisions.h"
#include "support/plan_samples.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::internal::plan;
using namespace dev8agent::test;

namespace {

StartGoal goal(bool new_container) {
  StartGoal result;
  result.present = result.wanted = sample_facts();
  result.new_container = new_container;
  return result;
}

std::array<std::string, 7> decide_all(const Situation& at) {
  return {text_of(next_for_create(sample_facts(), false, at)),
          text_of(next_for_start(goal(false), at)),
          text_of(next_for_start(goal(true), at)),
          text_of(next_for_stop(at)),
          text_of(next_for_delete(false, at)),
          text_of(next_for_delete(true, at)),
          text_of(next_for_restart(at))};
}

struct Row {
  std::string state;
  Situation at;
  // create, start, start with a new container, stop, delete, delete with force, restart
  std::array<std::string, 7> steps;
};

Situation share_alone(const std::string& token, bool confirmed) {
  Situation at = sample_situation(std::nullopt, true);
  set_share_token(at, token);
  if (confirmed) confirm_absence(at);
  return at;
}

Situation kept_share(bool confirmed) {
  Situation at = share_alone("", confirmed);
  at.seen.share->kept_snapshot = "2026-01-14T10:00:00.0000000Z";
  return at;
}

Situation own_start(std::optional<ContainerGroup> group, bool share = true) {
  Situation at = sample_situation(std::move(group), share);
  set_share_token(at, "");
  if (!share) at.seen.share.reset();
  wrote_group(at, &OwnWrites::group_start);
  return at;
}

Situation shown(ContainerGroup group, bool share = true) {
  Situation at = sample_situation(std::move(group), share);
  if (share) set_share_token(at, "");
  return at;
}

}  // namespace

TEST_CASE("decisions: the state table") {
  ContainerGroup unpullable = sample_group("Creating", "Pending", "Waiting");
  unpullable.events.push_back(failure_event("BackOff", ErrorCode::kImagePullFailed, kSampleNow));
  const ContainerGroup failed_but_stopped = sample_group("Failed", "Stopped", "Terminated");
  const std::string confirm = "confirm absence";
  const Row rows[] = {
      {"nothing",
       sample_situation(std::nullopt, false),
       {"create share", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"}},
      {"a released share, one read without a group",
       share_alone("", false),
       {confirm, "start group", confirm, "stop group", confirm, "delete group", confirm}},
      {"a released share, absence confirmed",
       share_alone("", true),
       {"put group", "put group", "put group", "done", "delete group", "delete group", "CONFLICT"}},
      {"an unfinished create's share, one read without a group",
       share_alone(kSampleToken, false),
       {confirm, "start group", confirm, "stop group", confirm, "delete group", confirm}},
      {"an unfinished create's share, absence confirmed",
       share_alone(kSampleToken, true),
       {"inspect share", "put group", "put group", "done", "delete group", "delete group", "CONFLICT"}},
      {"kept by a delete, one read without a group",
       kept_share(false),
       {confirm, confirm, confirm, confirm, confirm, "delete group", confirm}},
      {"kept by a delete, absence confirmed",
       kept_share(true),
       {"CONFLICT", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "delete group", "delete group", "NOT_FOUND"}},
      {"own write, not shown yet",
       own_start(std::nullopt),
       {"wait", "wait", "wait", "stop group", confirm, "delete group", confirm}},
      {"own write, share gone, too",
       own_start(std::nullopt, false),
       {"CONFLICT", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"}},
      {"unmanaged",
       shown(foreign_group()),
       {"CONFLICT", "CONFLICT", "CONFLICT", "CONFLICT", "CONFLICT", "CONFLICT", "CONFLICT"}},
      {"unmanaged, no share",
       shown(foreign_group(), false),
       {"CONFLICT", "CONFLICT", "CONFLICT", "CONFLICT", "CONFLICT", "CONFLICT", "CONFLICT"}},
      {"coming up",
       shown(pending_group()),
       {"wait", "wait", "wait", "stop group", "delete group", "delete group", "CONFLICT"}},
      {"being repaired",
       shown(sample_group("Repairing", "Repairing")),
       {"wait", "wait", "wait", "stop group", "delete group", "delete group", "CONFLICT"}},
      {"a word of the future",
       shown(sample_group("Levitating", "Aloft")),
       {"wait", "wait", "wait", "stop group", "delete group", "delete group", "CONFLICT"}},
      {"no words at all",
       shown(sample_group("", "")),
       {"wait", "wait", "wait", "stop group", "delete group", "delete group", "CONFLICT"}},
      {"running while Azure updates the group",
       shown(sample_group("Updating", "Running", "Running")),
       {"wait", "wait", "wait", "stop group", "CONFLICT", "delete group", "CONFLICT"}},
      {"running",
       shown(running_group()),
       {"done", "start group", "CONFLICT", "stop group", "CONFLICT", "delete group", "restart group"}},
      {"running in a group whose deployment failed",
       shown(sample_group("Failed", "Running", "Running")),
       {"done", "start group", "CONFLICT", "stop group", "CONFLICT", "delete group", "restart group"}},
      {"running after this call's start",
       own_start(running_group()),
       {"done", "done", "done", "stop group", "CONFLICT", "delete group", "restart group"}},
      {"stopped",
       shown(stopped_group()),
       {"done", "start group", "put group", "stop group", "delete group", "delete group", "CONFLICT"}},
      {"failed, but stopped",
       shown(failed_but_stopped),
       {"done", "start group", "put group", "stop group", "delete group", "delete group", "CONFLICT"}},
      {"failed before it ran",
       shown(failed_group()),
       {"put group", "stop group", "put group", "stop group", "delete group", "delete group", "CONFLICT"}},
      {"the image cannot be pulled",
       shown(unpullable),
       {"put group", "stop group", "put group", "stop group", "delete group", "delete group", "CONFLICT"}},
      {"failed after this call's start",
       own_start(failed_group()),
       {"CONTAINER_FAILED", "CONTAINER_FAILED", "CONTAINER_FAILED", "stop group", "delete group",
        "delete group", "CONFLICT"}},
      {"crashes",
       shown(crashing_group()),
       {"CONTAINER_FAILED", "stop group", "put group", "stop group", "delete group", "delete group",
        "CONFLICT"}},
      {"ran and ended by itself",
       shown(ended_group()),
       {"CONTAINER_FAILED", "start group", "put group", "stop group", "delete group", "delete group",
        "CONFLICT"}},
      {"deleting",
       shown(deleting_group()),
       {"wait", "wait", "wait", "wait", "delete group", "delete group", "CONFLICT"}},
      {"running, no share",
       shown(running_group(), false),
       {"CONFLICT", "NOT_FOUND", "NOT_FOUND", "stop group", "CONFLICT", "delete group", "CONFLICT"}},
      {"stopped, no share",
       shown(stopped_group(), false),
       {"CONFLICT", "NOT_FOUND", "NOT_FOUND", "stop group", "delete group", "delete group", "CONFLICT"}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.state);
    const auto steps = decide_all(row.at);
    for (std::size_t i = 0; i < steps.size(); ++i) {
      CAPTURE(i);
      CHECK(steps[i] == row.steps[i]);
    }
  }
}

TEST_CASE("decisions: a write to what exists is preceded by a new observation when the last one is old") {
  for (Step step : {Step::kTakeOverShare, Step::kReleaseShare, Step::kSetQuota, Step::kSetMetadata,
                    Step::kDeleteShare, Step::kSetTags, Step::kPutGroup, Step::kStartGroup, Step::kStopGroup,
                    Step::kRestartGroup, Step::kDeleteGroup}) {
    for (bool group_is_old : {true, false}) {
      Situation at = sample_situation(running_group(), true);
      TimePoint& asked_at = group_is_old ? at.seen.group_asked_at : at.seen.share_asked_at;
      CHECK(on_fresh_observation(Next{step}, at)->step == step);
      asked_at = at.now - kFreshFor;
      CHECK(on_fresh_observation(Next{step}, at)->step == step);
      asked_at -= std::chrono::milliseconds(1);
      CHECK(on_fresh_observation(Next{step}, at)->step == Step::kObserve);
      at.reobservations = kMaxReobservations;
      CHECK(on_fresh_observation(Next{step}, at)->step == step);
    }
  }
  Situation old = sample_situation(running_group(), true);
  old.seen.group_asked_at = old.now - std::chrono::seconds(20);
  for (Step step : {Step::kWait, Step::kCreateShare, Step::kConfirmAbsence, Step::kDone}) {
    CHECK(on_fresh_observation(Next{step}, old)->step == step);
  }
  set_share_token(old, "");
  old.own.runs_already = true;
  for (const std::string& step :
       {text_of(next_for_create(sample_facts(), false, old)), text_of(next_for_start(goal(false), old))}) {
    CHECK(step == "observe");  // success is not returned on an old observation
  }
}

TEST_CASE("decisions: an absence is confirmed by reads apart and a list, or by the provider") {
  Situation at = sample_situation(std::nullopt, true);
  GroupAbsence& absence = at.seen.absence;
  CHECK_FALSE(absence_is_confirmed(at.seen, at.now));
  absence.first_asked = at.now - kAbsenceSpan;
  CHECK_FALSE(absence_is_confirmed(at.seen, at.now));  // no list
  absence.not_listed_asked = *absence.first_asked - std::chrono::seconds(1);
  CHECK_FALSE(absence_is_confirmed(at.seen, at.now));  // a list from before
  absence.not_listed_asked = absence.first_asked;
  CHECK(absence_is_confirmed(at.seen, at.now));
  absence.last_asked = at.now - std::chrono::seconds(1);
  CHECK_FALSE(absence_is_confirmed(at.seen, at.now));  // too close
  absence.provider_said_at = at.now - kProviderWordLasts;
  CHECK(absence_is_confirmed(at.seen, at.now));
  CHECK_FALSE(absence_is_confirmed(at.seen, at.now + std::chrono::milliseconds(1)));
  note_group(at.seen, running_group(), at.now);
  CHECK_FALSE(absence_is_confirmed(at.seen, at.now));
  note_group(at.seen, std::nullopt, at.now);
  CHECK_FALSE(absence_is_confirmed(at.seen, at.now + std::chrono::seconds(1)));  // from the beginning again
}

TEST_CASE("decisions: no write relies on a read that shows an earlier run of the container") {
  Situation at = sample_situation(stopped_group(), true);
  at.seen.group->state.container_started_at = kSampleNow;
  CHECK_FALSE(shows_earlier_run(at.seen));  // no other read is known
  at.seen.latest_run = kSampleNow;
  CHECK_FALSE(shows_earlier_run(at.seen));
  CHECK(on_fresh_observation(Next{Step::kDeleteGroup}, at)->step == Step::kDeleteGroup);
  at.seen.latest_run = kSampleNow + std::chrono::seconds(1);
  CHECK(shows_earlier_run(at.seen));
  for (const Step write : {Step::kPutGroup, Step::kDeleteGroup, Step::kStartGroup, Step::kDeleteShare})
    CHECK(on_fresh_observation(Next{write}, at)->step == Step::kWait);
  CHECK(on_fresh_observation(Next{Step::kInspectShare}, at)->step == Step::kInspectShare);
  at.seen.group->state.container_started_at.reset();  // it is coming up
  CHECK_FALSE(shows_earlier_run(at.seen));
  at.seen.group.reset();
  CHECK_FALSE(shows_earlier_run(at.seen));
}

TEST_CASE(
    "decisions: only throttling, outages, passing conflicts and busy registries justify a repeated write") {
  for (int number = 1; number <= 19; ++number) {
    Error error = make_error(static_cast<ErrorCode>(number), "");
    CAPTURE(number);
    CHECK_FALSE(worth_repeating(error));
    error.retryable = true;
    const bool expected = error.code == ErrorCode::kAzureUnavailable ||
                          error.code == ErrorCode::kAzureThrottled || error.code == ErrorCode::kConflict ||
                          error.code == ErrorCode::kImagePullFailed;
    CHECK(worth_repeating(error) == expected);
    error.attempts = 4;
    CHECK(worth_repeating(error) == (expected && error.code != ErrorCode::kImagePullFailed));
  }
}

TEST_CASE("decisions: the record of a write keeps what an earlier attempt may have done") {
  Error refused = make_error(ErrorCode::kConflict, "");
  refused.azure_status = 409;
  const Error silent = make_error(ErrorCode::kAzureUnavailable, "");
  Error slow = silent;
  slow.azure_status = 408;
  CHECK(after_answer(Sent::kNo, std::nullopt) == Sent::kAccepted);
  CHECK(after_answer(Sent::kNo, refused) == Sent::kRejected);
  CHECK(after_answer(Sent::kNo, silent) == Sent::kUnanswered);
  CHECK(after_answer(Sent::kNo, slow) == Sent::kUnanswered);
  CHECK(after_answer(Sent::kUnanswered, refused) == Sent::kUnanswered);
  CHECK(after_answer(Sent::kAccepted, refused) == Sent::kAccepted);
  CHECK(after_answer(Sent::kAccepted, silent) == Sent::kAccepted);
}
