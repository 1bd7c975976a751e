// What a start does beyond the state table: facts first, changes of what runs, reads that lag.
#include <doctest/doctest.h>

#include "plan/decisions.h"
#include "support/plan_samples.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::internal::plan;
using namespace dev8agent::test;

namespace {

StartGoal plain() {
  StartGoal goal;
  goal.present = goal.wanted = sample_facts();
  return goal;
}

StartGoal bigger() {
  StartGoal goal = plain();
  goal.wanted.storage_gb = 50;
  goal.new_container = true;
  return goal;
}

StartGoal renamed() {
  StartGoal goal = plain();
  goal.wanted.name = "Another name";
  goal.renamed = true;
  return goal;
}

Situation shown(std::optional<ContainerGroup> group) {
  Situation at = sample_situation(std::move(group), true);
  set_share_token(at, "");
  return at;
}

std::string next(const StartGoal& goal, const Situation& at) {
  return text_of(next_for_start(goal, at));
}

}  // namespace

TEST_CASE("start: without a share it is not found, in the contract's words, and nothing is made") {
  for (const auto& group : {std::optional<ContainerGroup>(), std::optional(stopped_group()),
                            std::optional(running_group()), std::optional(crashing_group())}) {
    for (const StartGoal& goal : {plain(), bigger(), renamed()}) {
      const Decision decision = next_for_start(goal, sample_situation(group, false));
      REQUIRE_FALSE(decision.ok());
      CHECK(decision.error().code == ErrorCode::kNotFound);
      CHECK(decision.error().message.find("volume not found") != std::string::npos);
      CHECK(decision.error().message.find("Create environment first.") != std::string::npos);
    }
  }
}

TEST_CASE("start: new facts are written before the container, one at a time") {
  Situation at = shown(stopped_group());
  CHECK(next(bigger(), at) == "set quota");
  at.seen.share->state.quota_gib = 55;
  CHECK(next(bigger(), at) == "set metadata");
  at.seen.share->facts = as_stored(bigger().wanted);
  CHECK(next(bigger(), at) == "put group");  // its tags come with the PUT

  at = shown(stopped_group());
  CHECK(next(renamed(), at) == "set metadata");
  at.seen.share->facts = as_stored(renamed().wanted);
  CHECK(next(renamed(), at) == "set tags");
  at.seen.group->facts = as_stored(renamed().wanted);
  CHECK(next(renamed(), at) == "start group");
  const Decision first = next_for_start(bigger(), shown(stopped_group()));
  CHECK(*first->facts == bigger().wanted);
}

TEST_CASE("start: tags tell no variables, so a new label is written once") {
  StartGoal goal = renamed();
  goal.wanted.environment_variables = {{"A", "1"}};
  goal.wanted.labels = {{"team", "blue"}};
  Situation at = shown(stopped_group());
  at.seen.share->facts = as_stored(goal.wanted);
  CHECK(next(goal, at) == "set tags");
  at.seen.group->facts = from_tags(tags_to_merge(goal.wanted, "", at.seen.group->state.tags));
  CHECK(next(goal, at) == "start group");
}

TEST_CASE("start: sizes that are recorded nowhere are asked for before anything is written") {
  StartGoal goal = plain();
  goal.unknown_sizes = {{"cpuCores", "is required"}};
  Situation at = shown(std::nullopt);
  confirm_absence(at);
  CHECK(next(goal, at) == "INVALID_REQUEST");
  CHECK(next(goal, shown(stopped_group())) == "start group");  // nothing has to be known to start it as it is
  goal.new_container = true;
  CHECK(next(goal, shown(stopped_group())) == "INVALID_REQUEST");
}

TEST_CASE("start: what runs is not changed") {
  CHECK(next(bigger(), shown(running_group())) == "CONFLICT");
  CHECK(next(renamed(), shown(running_group())) == "CONFLICT");
  Situation same_name = shown(running_group());
  same_name.seen.share->facts = same_name.seen.group->facts = as_stored(renamed().wanted);
  CHECK(next(renamed(), same_name) ==
        "start group");               // this call has renamed it, somebody else has started it
  same_name.own.runs_already = true;  // says Azure's answer to the POST
  CHECK(next(renamed(), same_name) == "done");
  Situation own = shown(running_group());
  wrote_group(own, &OwnWrites::group_redeploy);
  own.own.replaced_token = std::string("older");
  own.seen.share->state.quota_gib = 55;  // as this call has stored it before
  own.seen.share->facts = as_stored(bigger().wanted);
  CHECK(next(bigger(), own) == "done");
}

TEST_CASE("start: one read without a group deploys nothing over what may run") {
  CHECK(next(plain(), shown(std::nullopt)) == "start group");
  CHECK(next(renamed(), shown(std::nullopt)) == "set metadata");
  CHECK(next(bigger(), shown(std::nullopt)) == "confirm absence");
  Situation gone = shown(std::nullopt);
  gone.seen.absence.provider_said_at = gone.now;  // POST start was answered with 404
  CHECK(next(plain(), gone) == "put group");
}

TEST_CASE("start: a body from before its own start is waited out") {
  ContainerGroup before = stopped_group();
  before.container_started_at = kSampleNow - std::chrono::hours(1);
  Situation at = shown(before);
  wrote_group(at, &OwnWrites::group_start);
  at.own.run_before = before.container_started_at;
  CHECK(next(plain(), at) == "wait");
  at.seen.group->state.container_started_at = kSampleNow;
  CHECK(next(plain(), at) == "start group");  // it came up, and somebody stopped it
}

TEST_CASE("start: a container that ran before its own PUT is waited out, whoever deployed it") {
  ContainerGroup before = running_group();
  before.container_started_at = kSampleNow - std::chrono::hours(1);
  Situation at = shown(before);
  wrote_group(at, &OwnWrites::group_put);
  at.own.deployed_after = kSampleNow - std::chrono::seconds(30);
  CHECK(next(plain(), at) == "wait");
  at.seen.group->state.container_started_at = kSampleNow - std::chrono::seconds(10);
  CHECK(next(plain(), at) == "done");  // somebody has deployed it since
  at.seen.group->state.container_started_at = before.container_started_at;
  wrote_group(at, &OwnWrites::group_put, kVisibleAfter);
  CHECK(next(plain(), at) == "done");
}

TEST_CASE("start: failures of an earlier deployment do not end this one") {
  ContainerGroup group = pending_group();
  group.events.push_back(failure_event("FailedMountAzureFileVolume", ErrorCode::kMountFailed,
                                       kSampleNow - std::chrono::hours(1)));
  Situation at = shown(group);
  wrote_group(at, &OwnWrites::group_start);
  at.own.events_since = kSampleNow - std::chrono::minutes(1);
  CHECK(next(plain(), at) == "wait");
  at.own.events_since = kSampleNow - std::chrono::hours(2);
  const Decision failed = next_for_start(plain(), at);
  REQUIRE_FALSE(failed.ok());
  CHECK(failed.error().code == ErrorCode::kMountFailed);
  CHECK(failed.error().message.find("keys were rotated") != std::string::npos);
}

TEST_CASE("start: a failed container is stopped once, then started") {
  Situation at = shown(crashing_group());
  CHECK(next(plain(), at) == "stop group");
  at.own.group_stop = Sent::kAccepted;
  CHECK(next(plain(), at) == "start group");
}

TEST_CASE("start: another owner's environment of the same id is left alone") {
  Situation at = shown(stopped_group());
  at.seen.share->facts.user_id = "user-2";
  CHECK(next(plain(), at) == "CONFLICT");
}

TEST_CASE("start: a group is deleted only when Azure refuses to update it") {
  for (const auto& group : {running_group(), stopped_group(), pending_group(), deleting_group(),
                            ended_group(), crashing_group(), failed_group(), foreign_group()}) {
    for (const StartGoal& goal : {plain(), bigger(), renamed()}) {
      Situation at = shown(group);
      CHECK(next(goal, at).find("delete") == std::string::npos);
      wrote_group(at, &OwnWrites::group_start);
      CHECK(next(goal, at).find("delete") == std::string::npos);
    }
  }
  StartGoal goal = plain();
  goal.new_container = true;
  Situation refused = shown(stopped_group());
  refused.own.update_refused = true;
  CHECK(next(goal, refused) == "delete group");
}

TEST_CASE("start: what an update of others has stored meanwhile goes into the container's tags") {
  StartGoal goal = bigger();
  goal.wanted.base_image = "python";
  goal.stored = goal.present;
  Observation seen = shown(stopped_group()).seen;
  CHECK(with_updates(goal, seen).wanted == goal.wanted);
  Facts updated = goal.stored;
  updated.name = "Renamed";
  updated.labels = {{"team", "blue"}};
  updated.idle_stop_minutes = 0;
  updated.base_image = "go";  // which the start changes itself
  updated.cpu_cores = 4;      // no update changes that
  seen.share->facts = updated;
  const StartGoal now = with_updates(goal, seen);
  Facts wanted = goal.wanted;
  wanted.name = "Renamed";
  wanted.labels = updated.labels;
  wanted.idle_stop_minutes = 0;
  CHECK(now.wanted == wanted);
  CHECK(now.present.name == "Renamed");  // so that a roll-back keeps it
  CHECK(now.present.base_image == goal.present.base_image);
  // Nor does it take its own write for another one's.
  seen.share->facts = now.wanted;
  CHECK(with_updates(goal, seen).wanted == now.wanted);
  seen.share.reset();
  CHECK(with_updates(goal, seen).wanted == goal.wanted);
}

TEST_CASE("start: when its container runs, the share is read once more, and both places tell the same") {
  StartGoal goal = bigger();
  goal.stored = goal.present;
  goal.stored.storage_gb = 50;
  ContainerGroup group = with_token(running_group(), kOwnToken);
  Situation at = shown(group);
  at.seen.share->state.quota_gib = 55;
  at.seen.share->facts = as_stored(goal.wanted);
  wrote_group(at, &OwnWrites::group_redeploy);
  at.own.share_unread = true;
  CHECK(next(goal, at) == "read share");
  at.own.share_unread = false;
  at.own.share_checks = 1;
  CHECK(next(goal, at) == "done");
  // An update has stored a name, and its tag was replaced by this call's PUT.
  at.seen.share->facts.name = "Renamed";
  const StartGoal now = with_updates(goal, at.seen);
  const Decision tags = next_for_start(now, at);
  REQUIRE(tags.ok());
  CHECK(tags->step == Step::kSetTags);
  CHECK(*tags->tags == Labels{{"name", "Renamed"}});
  // Its metadata have replaced those of this call.
  at.seen.share->facts.git_repository = "https://example.com/other.git";
  CHECK(next(now, at) == "set metadata");
  CHECK(next_for_start(now, at)->facts->name == "Renamed");
  at.own.share_checks = 4;
  CHECK(next(now, at) == "done");
  // An update came after the PUT, and this call's write has replaced its metadata.
  at.own.share_checks = 1;
  at.seen.share->facts = as_stored(goal.wanted);
  at.seen.group->facts.labels = {{"team", "blue"}};
  const Decision metadata = next_for_start(with_updates(goal, at.seen), at);
  REQUIRE(metadata.ok());
  CHECK(metadata->step == Step::kSetMetadata);
  CHECK(metadata->facts->labels == NamedTexts{{"team", "blue"}});
  // Another one's container tells nothing of that.
  at.seen.group->token = "another";
  CHECK(next(goal, at) == "done");
}
