// What an update writes, in which order, and when it is refused.
#include <doctest/doctest.h>

#include "plan/decisions.h"
#include "support/plan_samples.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::internal::plan;
using namespace dev8agent::test;

namespace {

constexpr std::chrono::hours kLongestCreate{1};

Decision update(const Situation& at, UpdateRequest request = {.name = "Renamed"}) {
  return next_for_update({std::move(request), kLongestCreate}, at);
}

// Group and share tell these facts, with the token of the create.
Situation telling(const Facts& of_group, const Facts& of_share) {
  ContainerGroup group = running_group();
  group.tags = to_tags(of_group, kSampleToken, {{"costCenter", "42"}});
  Situation at = sample_situation(std::move(group), true);
  at.own.token.clear();  // an update has none
  FileShare share = sample_share();
  share.metadata = to_metadata(of_share, kSampleToken);
  at.seen.share = see_share(std::move(share));
  return at;
}

Facts labelled(NamedTexts labels) {
  Facts facts = sample_facts();
  facts.labels = std::move(labels);
  return facts;
}

// Carries out the writes that are left, as Azure does; the steps in words.
std::string carried_out(Situation& at, const UpdateRequest& request) {
  std::string steps;
  for (int i = 0; i < 10; ++i) {
    Decision next = update(at, request);
    steps += (i == 0 ? "" : ", ") + text_of(next);
    if (!next.ok() || is_final(next->step)) break;
    at.own.share_unread = next->step != Step::kReadShare;
    if (next->step == Step::kSetMetadata) {
      FileShare share = at.seen.share->state;
      share.metadata = to_metadata(*next->facts, at.seen.share->token, share.metadata);
      at.seen.share = see_share(std::move(share));
    } else if (next->step == Step::kSetTags) {
      ContainerGroup group = at.seen.group->state;
      for (const auto& [name, value] : *next->tags) group.tags[name] = value;
      at.seen.group = see_group(std::move(group));
    }
  }
  return steps;
}

std::string refusal(const Decision& decision, ErrorCode code) {
  REQUIRE_FALSE(decision.ok());
  CHECK(decision.error().code == code);
  return decision.error().message;
}

}  // namespace

TEST_CASE("update: metadata first, then tags, then the share is read again") {
  for (const ContainerGroup& state :
       {running_group(), stopped_group(), pending_group(), ended_group(), failed_group()}) {
    Situation at = sample_situation(state, true);
    const Decision next = update(at);
    REQUIRE(next.ok());
    Facts wanted = sample_facts();
    wanted.name = "Renamed";
    CHECK(next->step == Step::kSetMetadata);
    CHECK(*next->facts == wanted);
    CHECK(carried_out(at, {.name = "Renamed"}) == "set metadata, set tags, read share, done");
    CHECK(facts_of(at.seen) == wanted);
    CHECK(token_in_tags(at.seen.group->state.tags) == kSampleToken);
    CHECK(at.seen.share->token == kSampleToken);
  }
}

TEST_CASE("update: what is there as asked is not written, nor is the share read again") {
  Situation at = telling(labelled({{"team", "blue"}}), labelled({{"team", "blue"}}));
  CHECK(carried_out(at, {.name = "My workspace", .labels = {{"team", "blue"}, {"gone", ""}}}) == "done");
}

TEST_CASE("update: an update that ended between its writes is brought to its end") {
  Facts before = labelled({{"old", "1"}});
  Facts after = labelled({{"team", "blue"}});
  after.name = "Renamed";
  after.idle_stop_minutes = 0;
  const UpdateRequest request = {
      .name = "Renamed", .labels = {{"team", "blue"}, {"old", ""}}, .idle_stop_minutes = 0};
  Situation at = telling(before, after);
  CHECK(facts_of(at.seen).name == "My workspace");  // nobody has been shown the half
  CHECK(facts_of(at.seen).labels == before.labels);
  CHECK(carried_out(at, request) == "set tags, read share, done");
  CHECK(facts_of(at.seen) == after);
}

TEST_CASE("update: only what the request names is written, in each of the two places") {
  // A start that died has stored what the container is to be made of, and another label.
  Facts of_share = labelled({{"stage", "test"}});
  of_share.cpu_cores = 4;
  of_share.git_repository = "https://example.com/new.git";
  of_share.environment_variables = {{"A", "1"}};
  Situation at = telling(labelled({{"team", "red"}, {"stage", "prod"}}), of_share);
  const Decision metadata = update(at, {.labels = {{"team", "blue"}}});
  REQUIRE(metadata.ok());
  Facts stored = of_share;
  stored.labels = {{"stage", "test"}, {"team", "blue"}};
  CHECK(*metadata->facts == stored);
  at.seen.share->facts = stored;
  const Decision tags = update(at, {.labels = {{"team", "blue"}}});
  REQUIRE(tags.ok());
  REQUIRE(tags->step == Step::kSetTags);
  CHECK(*tags->tags == Labels{{"label.team", "blue"}});
}

TEST_CASE("update: labels by merge and by replacement, idle stops set and reset") {
  struct Row {
    const char* what;
    UpdateRequest request;
    NamedTexts labels;        // afterwards; before: team=red, stage=test
    std::optional<int> idle;  // afterwards; before: 30
    Labels tags;              // that are merged
  };
  const NamedTexts kept = {{"team", "red"}, {"stage", "test"}};
  const Row rows[] = {
      {"set",
       {.labels = {{"team", "blue"}}},
       {{"team", "blue"}, {"stage", "test"}},
       30,
       {{"label.team", "blue"}}},
      {"add",
       {.labels = {{"cost", "42"}}},
       {{"team", "red"}, {"stage", "test"}, {"cost", "42"}},
       30,
       {{"label.cost", "42"}}},
      {"remove", {.labels = {{"team", ""}}}, {{"stage", "test"}}, 30, {{"label.team", ""}}},
      {"in other case",
       {.labels = {{"TEAM", "blue"}}},
       {{"team", "blue"}, {"stage", "test"}},
       30,
       {{"label.team", "blue"}}},
      {"remove in other case", {.labels = {{"Team", ""}}}, {{"stage", "test"}}, 30, {{"label.team", ""}}},
      {"remove all", {.replace_labels = true}, {}, 30, {{"label.team", ""}, {"label.stage", ""}}},
      {"replace",
       {.labels = {{"team", "blue"}}, .replace_labels = true},
       {{"team", "blue"}},
       30,
       {{"label.team", "blue"}, {"label.stage", ""}}},
      {"never idle", {.idle_stop_minutes = 0}, kept, 0, {{"idleStopMinutes", "0"}}},
      {"idle as others", {.reset_idle_stop = true}, kept, std::nullopt, {{"idleStopMinutes", ""}}},
      {"base image", {.base_image = "python"}, kept, 30, {{"baseImage", "python"}}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    Facts facts = labelled(kept);
    facts.idle_stop_minutes = 30;
    Situation at = telling(facts, facts);
    CHECK(carried_out(at, row.request) == "set metadata, set tags, read share, done");
    CHECK(at.seen.share->facts.labels == row.labels);
    CHECK(facts_of(at.seen).labels == row.labels);
    CHECK(facts_of(at.seen).idle_stop_minutes == row.idle);
    CHECK(at.seen.share->facts.idle_stop_minutes == row.idle);
    at = telling(facts, facts);
    at.seen.share->facts = *update(at, row.request)->facts;
    CHECK(*update(at, row.request)->tags == row.tags);
  }
}

TEST_CASE("update: without a group the metadata are all, once its absence is confirmed") {
  Situation at = sample_situation(std::nullopt, true);
  CHECK(text_of(update(at)) == "confirm absence");
  confirm_absence(at);
  // The create began two hours ago; an hour is the longest that it may take.
  CHECK(carried_out(at, {.name = "Renamed"}) == "set metadata, read share, done");
  CHECK(facts_of(at.seen).name == "Renamed");
  Situation young = sample_situation(std::nullopt, true);
  confirm_absence(young);
  young.seen.azure_now = sample_facts().created_at + kLongestCreate - std::chrono::seconds(1);
  const Decision refused = update(young);
  CHECK(refusal(refused, ErrorCode::kConflict).find("no container yet") != std::string::npos);
  CHECK(refused.error().retryable);
  set_share_token(young, "");
  CHECK(text_of(update(young)) == "set metadata");
}

TEST_CASE("update: what is refused, and nothing is written") {
  Situation nothing = sample_situation(std::nullopt, false);
  CHECK(text_of(update(nothing)) == "NOT_FOUND");
  CHECK(refusal(update(sample_situation(foreign_group(), true)), ErrorCode::kConflict).find("not manage") !=
        std::string::npos);
  CHECK(refusal(update(sample_situation(running_group(), false)), ErrorCode::kConflict).find("file share") !=
        std::string::npos);
  CHECK(
      refusal(update(sample_situation(deleting_group(), true)), ErrorCode::kConflict).find("being deleted") !=
      std::string::npos);
}

TEST_CASE("update: labels have to fit together with those that are there") {
  NamedTexts ten;
  for (int i = 0; i < 10; ++i) ten["label" + std::to_string(i)] = "x";
  const Situation at = telling(labelled(ten), labelled(ten));
  const Decision refused = update(at, {.labels = {{"eleventh", "x"}}});
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == ErrorCode::kInvalidRequest);
  CHECK(refused.error().fields.at(0).field == "labels");
  CHECK(refused.error().fields.at(0).message == "must have at most 10 members");
  CHECK(text_of(update(at, {.labels = {{"eleventh", "x"}, {"label0", ""}}})) == "set metadata");
  CHECK(text_of(update(at, {.labels = {{"only", "x"}}, .replace_labels = true})) == "set metadata");
  // Others have made more: they may go, and the name may change.
  ten["eleventh"] = "x";
  ten["twelfth"] = "x";
  const Situation full = telling(labelled(ten), labelled(ten));
  CHECK(text_of(update(full, {.labels = {{"twelfth", ""}}})) == "set metadata");
  CHECK(text_of(update(full)) == "set metadata");
}

TEST_CASE("update: what another one's write has undone is written again, but not for ever") {
  Situation at = telling(sample_facts(), sample_facts());
  const Facts before = sample_facts();
  int writes = 0;
  for (; writes < 10; ++writes) {
    const std::string steps = carried_out(at, {.name = "Renamed"});
    if (steps.find("CONFLICT") != std::string::npos) break;
    ++at.own.share_checks;
    FileShare share = at.seen.share->state;
    share.metadata = to_metadata(before, kSampleToken);
    at.seen.share = see_share(std::move(share));
  }
  CHECK(writes == 4);
  CHECK(update(at).error().retryable);
}

TEST_CASE("update: an adoption that ended before the metadata is brought to its end") {
  Situation at = telling(sample_facts(), sample_facts());
  at.seen.share->state.metadata = {{"backup", "weekly"}};
  at.seen.share = see_share(at.seen.share->state);
  Facts wanted = sample_facts();
  wanted.name = "Renamed";
  const Decision next = update(at);
  REQUIRE(next.ok());
  CHECK(next->step == Step::kSetMetadata);
  CHECK(*next->facts == wanted);
}

TEST_CASE("update: metadata of others that this call has replaced come back from the tags, and no others") {
  const UpdateGoal goal{{.name = "Renamed"}, kLongestCreate, from_tags(running_group().tags)};
  Situation at = sample_situation(running_group(), true);
  Facts own = sample_facts();
  own.name = "Renamed";
  Facts merged = own;
  merged.labels = {{"team", "blue"}};
  merged.cpu_cores = 4;
  at.seen.share->facts = own;
  at.own.stored = own;
  at.own.merged = merged;
  ContainerGroup group = running_group();
  group.tags = to_tags(merged, kSampleToken);
  at.seen.group = see_group(std::move(group));
  const Decision next = next_for_update(goal, at);
  REQUIRE(next.ok());
  CHECK(next->step == Step::kSetMetadata);
  CHECK(*next->facts == merged);
  // Somebody has written after this call: that counts.
  at.seen.share->facts.labels = {{"team", "green"}};
  at.seen.share->facts.cpu_cores = 3;
  CHECK(text_of(next_for_update(goal, at)) == "done");
}

TEST_CASE("update: labels for which the group has no tags left are refused before a write") {
  Situation at = telling(sample_facts(), sample_facts());
  ContainerGroup group = at.seen.group->state;
  for (int i = 0; group.tags.size() < 46; ++i) group.tags["other" + std::to_string(i)] = "x";
  at.seen.group = see_group(std::move(group));
  const Decision refused = update(at, {.labels = {{"team", "blue"}}});
  CHECK(refusal(refused, ErrorCode::kInvalidRequest).find("47 tags") != std::string::npos);
  CHECK(refused.error().fields.front().field == "labels");
  CHECK(update(at, {.name = "Renamed"})->step == Step::kSetMetadata);
  // A label that goes makes room for another one.
  group = at.seen.group->state;
  group.tags.erase("other0");
  group.tags["label.old"] = "1";
  at.seen.group = see_group(std::move(group));
  at.seen.share->facts.labels = {{"old", "1"}};
  CHECK_FALSE(update(at, {.labels = {{"team", "blue"}}}).ok());
  CHECK(update(at, {.labels = {{"team", "blue"}, {"old", ""}}})->step == Step::kSetMetadata);
}

TEST_CASE("update: an id that has changed hands meanwhile is left alone") {
  UpdateGoal goal{{.name = "Renamed"}, kLongestCreate};
  goal.owner = "somebody else";
  const Situation at = telling(sample_facts(), sample_facts());
  CHECK(refusal(next_for_update(goal, at), ErrorCode::kConflict).find("another userId") != std::string::npos);
  goal.owner = sample_facts().user_id;
  CHECK(next_for_update(goal, at).ok());
}

TEST_CASE("update: group and share that tell different things are noticed") {
  Situation at = sample_situation(running_group(), true);
  CHECK_FALSE(tell_different_things(at.seen));
  at.seen.share->facts.cpu_cores = 4;  // no update writes that
  CHECK_FALSE(tell_different_things(at.seen));
  at.seen.share->facts.labels = {{"team", "blue"}};
  CHECK(tell_different_things(at.seen));
  at.seen.share.reset();
  CHECK_FALSE(tell_different_things(at.seen));
}
