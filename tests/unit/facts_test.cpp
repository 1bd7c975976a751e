// An environment's facts as ARM tags and share metadata, and back.
#include "plan/facts.h"

#include <doctest/doctest.h>

#include "base/spec_fields.h"
#include "base/text.h"
#include "plan/decisions.h"
#include "plan/validate.h"
#include "support/plan_samples.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::internal::plan;
using namespace dev8agent::test;

namespace {

void check_same(const Facts& a, const Facts& b) {
  CHECK(a.id == b.id);
  CHECK(a.user_id == b.user_id);
  CHECK(a.name == b.name);
  CHECK(a.region == b.region);
  CHECK(a.cpu_cores == b.cpu_cores);
  CHECK(a.memory_gb == b.memory_gb);
  CHECK(a.storage_gb == b.storage_gb);
  CHECK(a.base_image == b.base_image);
  CHECK(a.image == b.image);
  CHECK(a.environment_variables == b.environment_variables);
  CHECK(a.git_repository == b.git_repository);
  CHECK(a.zone == b.zone);
  CHECK(a.labels == b.labels);
  CHECK(a.created_at == b.created_at);
  CHECK(a.layout == b.layout);
}

std::string repeat(const std::string& part, int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += part;
  return text;
}

}  // namespace

TEST_CASE("facts: every name that a create may bring survives both forms") {
  for (const std::string& name :
       {std::string("x"), std::string("Café ☕ 日本語 😀"), std::string("100% <b>&\\?/ \"quoted\" 'it'"),
        std::string("%41%zz %"), std::string(" leading and trailing "), repeat("\xf0\x9f\x98\x80", 100),
        std::string(100, '%')}) {
    CAPTURE(name);
    Facts facts = sample_facts();
    facts.name = name;
    facts.created_at += std::chrono::milliseconds(123);
    facts.layout = name == "x" ? Layout::kWorkspace : Layout::kHome;
    check_same(from_tags(to_tags(facts, kSampleToken)), facts);
    check_same(from_metadata(to_metadata(facts, kSampleToken)), facts);
  }
}

TEST_CASE("facts: tags keep ARM's rules, metadata is plain ASCII under names that sort plainly") {
  Facts facts = sample_facts();
  facts.name = repeat("\xf0\x9f\x98\x80", 100);
  facts.user_id = std::string(128, 'u');
  facts.base_image = std::string(128, 'b');
  const auto tags = to_tags(facts, kSampleToken);
  CHECK(tags.size() <= 50);
  for (const auto& [name, value] : tags) {
    CHECK(name.find_first_of("<>%&\\?/") == std::string::npos);
    std::size_t characters = 0;
    CHECK(printable_text(value, characters));
    CHECK(characters <= 256);
  }
  CHECK(tags.at("managed-by") == "dev8-agent");
  CHECK(tags.at("environment") == kSampleId);
  std::size_t total = 0;
  for (const auto& [name, value] : to_metadata(facts, kSampleToken)) {
    for (char c : name) CHECK(is_lower_alnum(c));
    for (char c : value)
      CHECK((static_cast<unsigned char>(c) > 0x20 && static_cast<unsigned char>(c) < 0x7f));
    total += name.size() + value.size();
  }
  CHECK(total <= 8192);  // Azure Storage's limit of all metadata
}

TEST_CASE(
    "facts: image, repository, variables and labels survive in metadata; tags keep a digest of variables") {
  Facts facts = sample_facts();
  facts.image = "registry.example.com/team/image:1";
  facts.git_repository = "https://example.com/a/b.git?x=1&y=%20";
  facts.environment_variables = {{"A", "1"}, {"B", "x=y;z \"100%\" Café\\n"}};
  facts.labels = {{"team", "blue & green"}, {"cost center", "42"}};
  facts.zone = "2";
  check_same(from_metadata(to_metadata(facts, kSampleToken)), facts);
  const Labels tags = to_tags(facts, kSampleToken);
  CHECK(tags.at("label.team") == "blue & green");
  CHECK(tags.at("label.cost center") == "42");
  CHECK_FALSE(tags.contains("labels"));
  for (const auto& [name, value] : tags) CHECK(value.find("Café") == std::string::npos);
  Facts without = facts;
  without.environment_variables.clear();
  check_same(from_tags(tags), without);
  check_same(as_tagged(facts), without);
  CHECK(variables_in_tags(tags) == digest_of(facts.environment_variables));
  CHECK(variables_in_tags(to_tags(without, "")) == "");
  without.environment_variables = {{"A", "2"}};
  CHECK(digest_of(without.environment_variables) != digest_of(facts.environment_variables));
}

TEST_CASE(
    "facts: the largest variables and labels fit into a share's metadata with all else at its largest") {
  Facts facts = sample_facts();
  facts.name = repeat("\xf0\x9f\x98\x80", 100);
  facts.user_id = std::string(128, '@');
  facts.base_image = std::string(128, 'b');
  facts.image = std::string(256, 'i');
  facts.git_repository = "https://" + std::string(248, 'g');
  facts.idle_stop_minutes = 527040;
  facts.zone = "3";
  // Each field is as long as its rule allows, in the form in which it is stored.
  while (percent_encode(text_of(facts.environment_variables)).size() < 3400)
    facts.environment_variables["V" + std::to_string(facts.environment_variables.size())] = repeat("ö", 50);
  while (percent_encode(text_of(facts.labels)).size() < 950)
    facts.labels["l" + std::to_string(facts.labels.size())] = repeat("x", 100);
  std::size_t total = 0;
  for (const auto& [name, value] : to_metadata(facts, kSampleToken)) total += name.size() + value.size();
  CHECK(total <= 8192);
}

TEST_CASE("facts: a label that is taken away goes from tags and metadata, those of others stay") {
  Facts facts = sample_facts();
  facts.labels = {{"team", "blue"}, {"stage", "test"}};
  facts.environment_variables = {{"A", "1"}};
  const Labels others = {{"costCenter", "42"}, {"labels", "theirs"}};
  const Labels before = to_tags(facts, kSampleToken, others);
  facts.labels = {{"Team", "red"}};
  facts.environment_variables.clear();
  const Labels after = to_tags(facts, kSampleToken, before);
  CHECK(from_tags(after).labels == facts.labels);
  CHECK(variables_in_tags(after) == "");
  CHECK(after.at("costCenter") == "42");
  CHECK(after.at("labels") == "theirs");
  // A merge cannot take a tag away. It leaves the digest, which is the container's.
  const Labels merge = tags_to_merge(facts, kSampleToken, before);
  CHECK(merge.at("label.stage") == "");
  CHECK_FALSE(merge.contains("environmentVariables"));
  CHECK_FALSE(merge.contains("costCenter"));
  Labels merged = before;
  for (const auto& [name, value] : merge) {
    std::erase_if(merged, [&](const auto& tag) { return equal_ignoring_case(tag.first, name); });
    merged[name] = value;
  }
  CHECK(from_tags(merged).labels == facts.labels);
  CHECK(from_metadata(to_metadata(facts, "", to_metadata(sample_facts(), ""))).labels == facts.labels);
}

TEST_CASE("facts: tags that go are named with the values that they have") {
  const Labels present = {{"label.Old", "1"}, {"label.kept", "2"}, {"label.empty", ""}, {"other", "3"}};
  const Labels wanted = {{"label.old", ""}, {"label.kept", "4"}, {"label.empty", ""}, {"label.new", ""}};
  CHECK(tags_that_go(wanted, present) == Labels{{"label.Old", "1"}});
  CHECK(tags_that_go({}, present).empty());
}

TEST_CASE("facts: the tags of an update tell what is only stored, where they do not tell it yet") {
  Facts facts = sample_facts();
  facts.labels = {{"team", "blue"}, {"stage", "test"}};
  facts.idle_stop_minutes = 30;
  Labels present = to_tags(facts, kSampleToken, {{"costCenter", "42"}});
  CHECK(label_tags_to_merge(facts, present).empty());
  present["NAME"] = present.at("name");  // ARM keeps the case that it was given first
  present.erase("name");
  CHECK(label_tags_to_merge(facts, present).empty());
  facts.name = "Renamed";
  facts.base_image = "python";
  facts.idle_stop_minutes.reset();
  facts.labels = {{"team", "red"}, {"cost", "1"}};
  facts.cpu_cores = 4;
  facts.image = "team/b";
  facts.environment_variables = {{"A", "1"}};
  CHECK(label_tags_to_merge(facts, present) == Labels{{"name", "Renamed"},
                                                      {"baseImage", "python"},
                                                      {"idleStopMinutes", ""},
                                                      {"label.team", "red"},
                                                      {"label.cost", "1"},
                                                      {"label.stage", ""}});
}

TEST_CASE("facts: a tag that names another image than the container runs tells no image") {
  const struct {
    const char* runs;
    std::optional<std::string> told;
  } kRows[] = {
      {"team/b", "team/b"},
      {"team/c", std::nullopt},  // somebody else's tag
      {"", "team/b"},            // Azure did not say what it runs
  };
  for (const auto& row : kRows) {
    CAPTURE(row.runs);
    ContainerGroup group = running_group();
    group.tags["image"] = "team/b";
    group.image = row.runs;
    CHECK(see_group(std::move(group)).facts.image == row.told);
  }
}

TEST_CASE("facts: the zone is the one that Azure shows, whatever a tag says") {
  const struct {
    bool read;  // false: what this process has just sent
    const char* shown;
    std::optional<std::string> zone;
  } kRows[] = {{true, "2", "2"}, {true, "", std::nullopt}, {false, "", "1"}};
  for (const auto& row : kRows) {
    CAPTURE(row.shown);
    ContainerGroup group = running_group();
    group.tags["zone"] = "1";
    group.zone = row.shown;
    group.containers.clear();
    if (row.read) group.containers.emplace_back("vscode-server");
    CHECK(see_group(std::move(group)).facts.zone == row.zone);
  }
}

TEST_CASE(
    "facts: variables come from the share alone, so a group that was deployed with some does not tell all") {
  Facts facts = sample_facts();
  facts.environment_variables = {{"A", "1"}};
  ContainerGroup group = running_group();
  CHECK(tells_all(see_group(group)));
  group.tags = to_tags(facts, kSampleToken);
  CHECK_FALSE(tells_all(see_group(group)));
  Observation seen;
  seen.group = see_group(group);
  FileShare share = sample_share();
  share.metadata = to_metadata(facts, kSampleToken);
  seen.share = see_share(share);
  CHECK(facts_of(seen).environment_variables == facts.environment_variables);
  CHECK(was_deployed_with(*seen.group, facts));
  facts.environment_variables["A"] = "2";
  CHECK_FALSE(was_deployed_with(*seen.group, facts));
  facts.environment_variables["A"] = "1";
  facts.labels = {{"team", "blue"}};  // on the group's tags alone, not in its container
  CHECK(was_deployed_with(*seen.group, facts));
  facts.image = "another";
  CHECK_FALSE(was_deployed_with(*seen.group, facts));
}

TEST_CASE("facts: services keep the names of tags and metadata without regard to case") {
  std::map<std::string, std::string> tags;
  for (const auto& [name, value] : to_tags(sample_facts(), kSampleToken)) tags[to_upper(name)] = value;
  check_same(from_tags(tags), sample_facts());
  CHECK(owned(tags, kSampleId));
}

TEST_CASE("facts: what is absent or malformed stays at its default") {
  check_same(from_tags({}), Facts{});
  const Facts odd = from_tags({{"cpuCores", "-2"},
                               {"memoryGB", "4.5"},
                               {"storageGB", "99999999999999999999"},
                               {"createdAt", "yesterday"},
                               {"unknown", "x"}});
  check_same(odd, Facts{});
  CHECK(from_metadata({{"name", "100%"}}).name == "100%");
}

TEST_CASE("facts: a group is ours when its tags say so, for this id") {
  const auto tags = to_tags(sample_facts(), kSampleToken);
  CHECK(owned(tags, kSampleId));
  CHECK_FALSE(owned(tags, "workspace-0002"));
  CHECK_FALSE(owned({}, kSampleId));
  CHECK_FALSE(owned({{"environment", kSampleId}}, kSampleId));
  CHECK_FALSE(owned({{"environment", kSampleId}, {"managed-by", "Dev8-Agent "}}, kSampleId));
  CHECK_FALSE(owned({{"managed-by", "dev8-agent"}}, kSampleId));
}

TEST_CASE("facts: the group's tags are believed first, its share and its own sizes stand in") {
  Observation seen;
  CHECK(facts_of(seen).id.empty());
  seen.share = see_share(sample_share());
  check_same(facts_of(seen), sample_facts());
  ContainerGroup group = running_group();
  group.tags["memoryGB"] = "8";
  seen.group = see_group(group);
  CHECK(facts_of(seen).memory_gb == 8);
  group.tags = {{"environment", kSampleId}, {"managed-by", "dev8-agent"}, {"userId", "user-9"}};
  seen.group = see_group(group);
  const Facts mixed = facts_of(seen);
  CHECK(mixed.user_id == "user-9");
  CHECK(mixed.cpu_cores == 2);
  CHECK(mixed.storage_gb == 20);
  CHECK(mixed.name == "My workspace");
  // A tag that went missing hands the environment to nobody else.
  group.tags.erase("userId");
  seen.group = see_group(group);
  CHECK(facts_of(seen).user_id == sample_facts().user_id);
}

TEST_CASE("facts: an environment keeps its layout when its group has lost its tags; without one it is home") {
  Observation seen;
  Facts facts = sample_facts();
  facts.layout = Layout::kWorkspace;
  FileShare share = sample_share();
  share.metadata = to_metadata(facts, kSampleToken);
  seen.share = see_share(share);
  ContainerGroup group = running_group();
  group.tags.erase("layout");
  seen.group = see_group(group);
  CHECK(facts_of(seen).layout == Layout::kWorkspace);
  share.metadata.erase("layout");
  seen.share = see_share(share);
  CHECK(facts_of(seen).layout == Layout::kHome);
  CHECK(parse_layout("elsewhere") == Layout::kHome);
}

TEST_CASE("facts: tags and metadata of others are kept, own ones are replaced in any case") {
  const Labels others = {
      {"costCenter", "42"}, {"CreatedBy", "policy"}, {"USERID", "somebody"}, {"call", "old"}};
  const Labels tags = to_tags(sample_facts(), kSampleToken, others);
  CHECK(tags.at("costCenter") == "42");
  CHECK(tags.at("CreatedBy") == "policy");
  CHECK_FALSE(tags.contains("USERID"));
  CHECK(from_tags(tags) == sample_facts());
  CHECK(token_in_tags(tags) == kSampleToken);
  const Labels metadata = to_metadata(sample_facts(), "", {{"backupowner", "ops"}, {"managedby", "x"}});
  CHECK(metadata.at("backupowner") == "ops");
  CHECK(metadata.at("managedby") == "dev8-agent");
  CHECK(token_in_metadata(metadata).empty());
  CHECK(from_metadata(metadata) == sample_facts());
}

TEST_CASE("facts: the write that is left depends on what is stored, not on how it is stored") {
  Observation seen;
  seen.share = see_share(sample_share());
  seen.group = see_group(stopped_group());
  Facts facts = sample_facts();
  CHECK(next_facts_write(seen, facts, true) == Step::kDone);
  // Azure leaves out what is empty, others add what is theirs.
  FileShare bare = sample_share();
  bare.metadata = to_metadata(sample_facts(), "");
  bare.metadata.erase("call");
  bare.metadata["backup"] = "weekly";
  seen.share = see_share(bare);
  CHECK(next_facts_write(seen, facts, true) == Step::kDone);
  facts.storage_gb = 50;
  CHECK(next_facts_write(seen, facts, false) == Step::kSetQuota);
  seen.share->state.quota_gib = 55;
  CHECK(next_facts_write(seen, facts, false) == Step::kSetMetadata);
  seen.share->facts.storage_gb = 50;
  CHECK(next_facts_write(seen, facts, false) == Step::kDone);
  CHECK(next_facts_write(seen, facts, true) == Step::kSetTags);
}

TEST_CASE("facts: tags are not written again for what the container contradicts") {
  Facts facts = sample_facts();
  facts.image = "team/b";
  facts.zone = "2";
  Observation seen;
  FileShare share = sample_share();
  share.metadata = to_metadata(facts, "");
  seen.share = see_share(share);
  ContainerGroup group = stopped_group();
  group.image = "team/a";
  group.containers = {"vscode-server"};
  seen.group = see_group(group);
  CHECK(next_facts_write(seen, facts, true) == Step::kDone);
  facts.name = "Another";
  share.metadata = to_metadata(facts, "");
  seen.share = see_share(share);
  CHECK(next_facts_write(seen, facts, true) == Step::kSetTags);
  group.tags["NAME"] = "Another";  // ARM keeps names in their first case
  group.tags.erase("name");
  seen.group = see_group(group);
  CHECK(next_facts_write(seen, facts, true) == Step::kDone);
}
