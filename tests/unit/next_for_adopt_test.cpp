// What may be adopted, and what an adoption writes.
#include <doctest/doctest.h>

#include "plan/decisions.h"
#include "plan/group_spec.h"
#include "support/plan_samples.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::internal::plan;
using namespace dev8agent::test;

namespace {

// A group of the environment's name as another program has made it, in the state of `group`.
ContainerGroup bare(ContainerGroup group = running_group()) {
  group.tags = {{"cost", "42"}};
  group.image = "vaibhavsing/dev8-workspace:latest";
  group.containers = {std::string(kContainerName)};
  group.mounts = {{"dev8files", "fs-" + kSampleId, "/home/dev8"}};
  return group;
}

Situation by_others(ContainerGroup group, std::map<std::string, std::string> metadata = {},
                    int quota_gib = 25) {
  Situation at = sample_situation(std::move(group), true);
  at.own.token.clear();  // an adoption has none
  FileShare share = sample_share();
  share.metadata = std::move(metadata);
  share.quota_gib = quota_gib;
  at.seen.share = see_share(std::move(share));
  return at;
}

Decision adopt(const Situation& at, const std::function<void(AgentOptions&)>& change = {}) {
  const AgentSettings settings = sample_settings(change);
  AdoptGoal goal;
  goal.user_id = "user-1";
  goal.region = settings.region("eastus");
  goal.now = kSampleNow;
  goal.longest_create = std::chrono::hours(1);
  return next_for_adopt(goal, settings, at);
}

std::string refusal(const Decision& decision) {
  REQUIRE_FALSE(decision.ok());
  CHECK(decision.error().code == ErrorCode::kConflict);
  return decision.error().message;
}

bool tells(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("adopt: what fits gets its tags, with the sizes that Azure shows") {
  for (const ContainerGroup& state : {running_group(), stopped_group(), ended_group(), failed_group()}) {
    const Decision next = adopt(by_others(bare(state)));
    REQUIRE_MESSAGE(next.ok(), text_of(next));
    CHECK(next->step == Step::kSetTags);
    Facts wanted = sample_facts();
    wanted.name = kSampleId;
    wanted.created_at = kSampleNow;
    CHECK(*next->facts == wanted);
  }
}

TEST_CASE("adopt: an image that the operator offers is kept, another one is Azure's alone") {
  ContainerGroup group = bare();
  group.image = "team/b";
  CHECK_FALSE(adopt(by_others(group))->facts->image.has_value());
  const auto offered = [](AgentOptions& options) { options.images = {"team/b"}; };
  CHECK(adopt(by_others(group), offered)->facts->image == "team/b");
  group.zone = "3";
  group.mounts.front().path = "/home/dev8/workspace";
  const Decision next = adopt(by_others(group));
  CHECK(next->facts->zone == "3");
  CHECK(next->facts->layout == Layout::kWorkspace);
}

TEST_CASE("adopt: the metadata follow the tags, and then it is done") {
  const Decision tagged = adopt(by_others(bare()));
  REQUIRE(tagged.ok());
  ContainerGroup group = bare();
  group.tags.merge(tags_to_merge(*tagged->facts, "", group.tags));
  const Decision next = adopt(by_others(group));
  REQUIRE(next.ok());
  CHECK(next->step == Step::kSetMetadata);
  CHECK(*next->facts == *tagged->facts);
  CHECK(text_of(adopt(by_others(group, to_metadata(*next->facts, "")))) == "done");
  Situation old = by_others(group, to_metadata(*next->facts, ""));
  old.seen.group_asked_at = old.now - std::chrono::seconds(20);
  CHECK(text_of(adopt(old)) == "observe");
}

TEST_CASE("adopt: each thing that does not fit is named, all of them at once") {
  const struct {
    std::function<void(ContainerGroup&)> change;
    const char* rule;
  } kRows[] = {
      {[](ContainerGroup& g) { g.containers = {"main"}; }, "its first container must be vscode-server"},
      {[](ContainerGroup& g) { g.containers.clear(); }, "its first container must be vscode-server"},
      {[](ContainerGroup& g) { g.mounts.clear(); }, "and mounts none"},
      {[](ContainerGroup& g) { g.mounts.front().share = "fs-other"; }, "must mount the share"},
      {[](ContainerGroup& g) { g.mounts.front().account = "other"; }, "of account dev8files"},
      {[](ContainerGroup& g) { g.mounts.front().path = "/data"; },
       "at /home/dev8 or /home/dev8/workspace, and mounts fs-workspace-0001 of account dev8files at /data"},
      {[](ContainerGroup& g) { g.cpu = 1.5; }, "must be whole numbers"},
      {[](ContainerGroup& g) { g.cpu = 8; }, "cpuCores must be an integer between 1 and 4"},
      {[](ContainerGroup& g) { g.memory_gb = 1; }, "memoryGB must be an integer between 2 and 16"},
      {[](ContainerGroup& g) { g.tags["userId"] = "user-2"; }, "belongs to another userId"},
      {[](ContainerGroup& g) { g.tags["managed-by"] = "terraform"; }, "its tags say managed-by terraform"},
      {[](ContainerGroup& g) { g.tags["Environment"] = "production"; },
       "its tags say environment production"},
  };
  for (const auto& row : kRows) {
    CAPTURE(row.rule);
    ContainerGroup group = bare();
    row.change(group);
    CHECK(tells(refusal(adopt(by_others(group))), row.rule));
  }
  ContainerGroup group = bare();
  group.cpu = 8, group.containers = {"main"}, group.mounts.clear();
  const std::string all = refusal(adopt(by_others(group, {}, 200)));
  for (const char* rule : {"first container", "mount the share", "cpuCores", "storageGB"})
    CHECK(tells(all, rule));
  CHECK(tells(refusal(adopt(by_others(bare(), {{"managedby", "backup"}}))), "managed-by backup"));
  CHECK(tells(refusal(adopt(by_others(bare(), {{"userid", "user-2"}}))), "another userId"));
}

TEST_CASE("adopt: an operation under way is a conflict that passes") {
  const std::map<std::string, std::string> create_under_way = {{"call", "token"}};
  for (const Situation& at : {by_others(bare(pending_group())), by_others(bare(deleting_group())),
                              by_others(bare(), create_under_way)}) {
    const Decision next = adopt(at);
    CHECK(tells(refusal(next), "under way"));
    CHECK(next.error().retryable);
  }
}

TEST_CASE(
    "adopt: the token of a create counts for as long as that may be at work, and not on its own group") {
  Facts facts = sample_facts();
  facts.created_at = kSampleNow - std::chrono::minutes(59);
  CHECK(tells(refusal(adopt(by_others(bare(), to_metadata(facts, "token")))), "under way"));
  facts.created_at = kSampleNow - std::chrono::minutes(61);
  CHECK(text_of(adopt(by_others(bare(), to_metadata(facts, "token")))) == "set tags");
  ContainerGroup own = running_group();
  facts.created_at = kSampleNow;
  CHECK(text_of(adopt(by_others(own, to_metadata(facts, "token")))) == "done");
}

TEST_CASE("adopt: without a group nothing is written, and its absence is not guessed") {
  const auto nothing = adopt(sample_situation(std::nullopt, false));
  REQUIRE_FALSE(nothing.ok());
  CHECK(nothing.error().code == ErrorCode::kNotFound);
  Situation at = sample_situation(std::nullopt, true);
  CHECK(text_of(adopt(at)) == "confirm absence");
  confirm_absence(at);
  const auto absent = adopt(at);
  REQUIRE_FALSE(absent.ok());
  CHECK(absent.error().code == ErrorCode::kNotFound);
  const auto no_share = adopt(sample_situation(bare(), false));
  REQUIRE_FALSE(no_share.ok());
  CHECK(no_share.error().code == ErrorCode::kNotFound);
}
