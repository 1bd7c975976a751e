// PackedFlow: what a create knows comes back as it was, and what cannot be packed stays.
#include "orchestrator/packed_flow.h"

#include <doctest/doctest.h>

#include <string>

namespace dev8agent::internal {
namespace {

using plan::Sent;
using plan::WithGroup;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr WallTime kStarted{milliseconds(1'700'000'000'123)};
constexpr TimePoint kNow{seconds(5'000)};

plan::Facts full_facts() {
  plan::Facts facts(EnvironmentSpec{.user_id = "user",
                                    .name = "Mine",
                                    .cpu_cores = 2,
                                    .memory_gb = 4,
                                    .storage_gb = 20,
                                    .base_image = "node",
                                    .idle_stop_minutes = 45,
                                    .image = "registry.example/image:1",
                                    .environment_variables = {{"A", "1"}, {"B", ""}},
                                    .git_repository = "https://git.example/a.git",
                                    .labels = {{"team", "core"}},
                                    .zone = "3"});
  facts.id = "workspace-one";
  facts.region = "eastus";
  facts.created_at = kStarted;
  facts.layout = plan::Layout::kWorkspace;
  return facts;
}

plan::Observation full_observation(bool flag) {
  plan::Observation seen;
  ContainerGroup group;
  group.name = "aci-workspace-one";
  group.tags = plan::to_tags(full_facts(), "token");
  group.provisioning_state = "Creating";
  seen.group = plan::see_group(std::move(group));
  FileShare share;
  share.name = "fs-workspace-one";
  share.quota_gib = 25;
  share.metadata = plan::to_metadata(full_facts(), "token");
  seen.share = plan::see_share(std::move(share));
  seen.group_asked_at = kNow + seconds(1);
  seen.share_asked_at = kNow + seconds(2);
  seen.azure_now = kStarted + seconds(3);
  seen.absence = {kNow + seconds(4), kNow + seconds(5), kNow + seconds(6), kNow + seconds(7)};
  seen.content = plan::ShareContent::kHoldsFiles;
  seen.latest_run = kStarted + seconds(8);
  seen.other_regions_clear = flag;
  return seen;
}

// Each member differs from its neighbours, so that none can take another's place. Those with two values have
// `flag` and its opposite in turn.
plan::OwnWrites full_writes(bool flag) {
  plan::OwnWrites own;
  own.token = "token";
  own.share_put = Sent::kAccepted;
  own.share_restore = Sent::kRejected;
  own.share_takeover = Sent::kUnanswered;
  own.share_delete = Sent::kAccepted;
  own.certificates_put = Sent::kRejected;
  own.certificates_delete = Sent::kUnanswered;
  own.group_put = Sent::kAccepted;
  own.group_redeploy = Sent::kRejected;
  own.group_start = Sent::kUnanswered;
  own.group_stop = Sent::kAccepted;
  own.group_restart = Sent::kRejected;
  own.group_delete = Sent::kUnanswered;
  own.snapshot = std::string("snapshot");
  own.taken_from = std::string("taken from");
  own.replaced_token = std::string("replaced");
  own.update_refused = own.certificates_ready = own.runs_already = flag;
  own.deleted_unseen = own.certificates_seen = own.share_unread = !flag;
  own.merged = full_facts();
  own.stored = full_facts();
  own.stored->name = "Stored";
  own.share_checks = 9;
  own.earlier_tokens = {"one", "two"};
  own.run_before = kStarted + seconds(10);
  own.stopped_run = kStarted + seconds(11);
  own.deployed_after = kStarted + seconds(12);
  own.events_since = kStarted + seconds(13);
  own.group_written_at = kNow + seconds(14);
  own.late_until = kNow + seconds(15);
  return own;
}

FlowStatePtr full_state(TextPool& pool, bool flag = true) {
  auto state = std::make_shared<FlowState>();
  state->id = "workspace-one";
  state->seen = full_observation(flag);
  state->own = full_writes(flag);
  state->ready = {flag, !flag, kNow + seconds(16), "no answer"};
  state->keeps_files = !flag;
  state->keeps_certificates = flag;
  state->now = kNow + seconds(17);
  state->reobservations = 18;
  state->maker_succeeded = flag;
  state->other_location = std::string("westeurope");
  state->operation.url = pool.add("https://management.azure.com/operations/1?api-version=1&s=signed");
  state->operation.retry_after = milliseconds(19);
  state->operation.polls = 20;
  state->operation.polls_when_read = 10;
  state->operation.least_delay = milliseconds(21);
  state->operation.request_id = "eastus:1234";
  state->recalled = flag;
  state->failures = 22;
  state->group_delete_repeats = 23;
  state->tags_not_kept = 24;
  state->keeps_snapshots = !flag;
  state->deleted_share = flag;
  return state;
}

void check_same(const plan::OwnWrites& own, const plan::OwnWrites& as) {
  CHECK(own.token == as.token);
  CHECK(own.share_put == as.share_put);
  CHECK(own.share_restore == as.share_restore);
  CHECK(own.share_takeover == as.share_takeover);
  CHECK(own.share_delete == as.share_delete);
  CHECK(own.certificates_put == as.certificates_put);
  CHECK(own.certificates_delete == as.certificates_delete);
  CHECK(own.group_put == as.group_put);
  CHECK(own.group_redeploy == as.group_redeploy);
  CHECK(own.group_start == as.group_start);
  CHECK(own.group_stop == as.group_stop);
  CHECK(own.group_restart == as.group_restart);
  CHECK(own.group_delete == as.group_delete);
  CHECK(*own.snapshot == *as.snapshot);
  CHECK(*own.taken_from == *as.taken_from);
  CHECK(*own.replaced_token == *as.replaced_token);
  CHECK(own.update_refused == as.update_refused);
  CHECK(own.deleted_unseen == as.deleted_unseen);
  CHECK(own.certificates_ready == as.certificates_ready);
  CHECK(own.certificates_seen == as.certificates_seen);
  CHECK(own.runs_already == as.runs_already);
  CHECK(own.share_unread == as.share_unread);
  CHECK(*own.merged == *as.merged);
  CHECK(*own.stored == *as.stored);
  CHECK(own.share_checks == as.share_checks);
  CHECK(own.earlier_tokens == as.earlier_tokens);
  CHECK(own.run_before == as.run_before);
  CHECK(own.stopped_run == as.stopped_run);
  CHECK(own.deployed_after == as.deployed_after);
  CHECK(own.events_since == as.events_since);
  CHECK(own.group_written_at == as.group_written_at);
  CHECK(own.late_until == as.late_until);
}

void check_same(const plan::Observation& seen, const plan::Observation& as) {
  CHECK(seen.share->state.metadata == as.share->state.metadata);
  CHECK(seen.share->facts == as.share->facts);
  CHECK(seen.share->token == "token");
  CHECK(seen.group_asked_at == as.group_asked_at);
  CHECK(seen.share_asked_at == as.share_asked_at);
  CHECK(seen.azure_now == as.azure_now);
  CHECK(seen.absence.first_asked == as.absence.first_asked);
  CHECK(seen.absence.last_asked == as.absence.last_asked);
  CHECK(seen.absence.not_listed_asked == as.absence.not_listed_asked);
  CHECK(seen.absence.provider_said_at == as.absence.provider_said_at);
  CHECK(seen.content == as.content);
  CHECK(seen.latest_run == as.latest_run);
  CHECK(seen.other_regions_clear == as.other_regions_clear);
}

TEST_CASE("A packed flow comes back as it was, with what it wants") {
  TextPool pool;
  for (const WithGroup with_group : {WithGroup::kYes, WithGroup::kNo}) {
    const bool flag = with_group == WithGroup::kYes;
    FlowStatePtr state = full_state(pool, flag);
    Rare<plan::Facts> wanted = full_facts();
    auto packed = PackedFlow::take(state, wanted);
    REQUIRE(packed.has_value());
    CHECK(state == nullptr);
    CHECK_FALSE(wanted.has_value());

    const auto call = std::make_shared<Call>();
    const auto secrets = std::make_shared<EnvironmentSecrets>();
    state = std::move(*packed).restore({call}, secrets, wanted, with_group);
    const FlowStatePtr before = full_state(pool, flag);
    CHECK(state->context.call == call);
    CHECK(state->secrets == secrets);
    REQUIRE(wanted.has_value());
    CHECK(*wanted == full_facts());
    CHECK(state->id == before->id);
    CHECK(state->seen.group.has_value() == (with_group == WithGroup::kYes));
    if (state->seen.group) CHECK(state->seen.group->facts == before->seen.group->facts);
    check_same(state->seen, before->seen);
    check_same(state->own, before->own);
    CHECK(state->ready.wanted == before->ready.wanted);
    CHECK(state->ready.answered == before->ready.answered);
    CHECK(state->ready.asked_since == before->ready.asked_since);
    CHECK(state->ready.failure == before->ready.failure);
    CHECK(state->keeps_files == before->keeps_files);
    CHECK(state->keeps_certificates == before->keeps_certificates);
    CHECK(state->now == before->now);
    CHECK(state->reobservations == before->reobservations);
    CHECK(state->maker_succeeded == before->maker_succeeded);
    CHECK(*state->other_location == *before->other_location);
    CHECK(state->operation.url.text() == before->operation.url.text());
    CHECK(state->operation.retry_after == before->operation.retry_after);
    CHECK(state->operation.polls == before->operation.polls);
    CHECK(state->operation.polls_when_read == before->operation.polls_when_read);
    CHECK(state->operation.least_delay == before->operation.least_delay);
    CHECK(state->operation.request_id == before->operation.request_id);
    CHECK(state->recalled == before->recalled);
    CHECK(state->failures == before->failures);
    CHECK(state->group_delete_repeats == before->group_delete_repeats);
    CHECK(state->tags_not_kept == before->tags_not_kept);
    CHECK(state->keeps_snapshots == before->keeps_snapshots);
    CHECK(state->deleted_share == before->deleted_share);
  }
}

TEST_CASE("A flow of which nothing is known yet comes back empty") {
  auto state = std::make_shared<FlowState>();
  Rare<plan::Facts> wanted;
  auto packed = PackedFlow::take(state, wanted);
  REQUIRE(packed.has_value());
  state = std::move(*packed).restore({}, nullptr, wanted, WithGroup::kYes);
  CHECK_FALSE(wanted.has_value());
  CHECK(state->id.empty());
  CHECK_FALSE(state->seen.any());
  CHECK_FALSE(state->seen.absence.first_asked.has_value());
  CHECK_FALSE(state->own.snapshot.has_value());
  CHECK(state->operation.url.empty());
}

TEST_CASE("A flow that something else holds, or with what is not packed, stays") {
  using Change = void (*)(FlowState&);
  const Change changes[] = {
      [](FlowState& state) { state.deleted = DeletedShare{}; },
      [](FlowState& state) { state.deployment_error = make_error(ErrorCode::kInternal, "why"); },
      [](FlowState& state) { state.operation.failure = make_error(ErrorCode::kInternal, "why"); },
      [](FlowState& state) { state.rewrite = plan::Rewrite{}; },
      [](FlowState& state) { state.certificates = FileShare{}; },
      [](FlowState& state) {
        state.seen.group->state.mounts.push_back({.account = "account", .share = "share", .path = "/home"});
      },
  };
  TextPool pool;
  for (const Change change : changes) {
    FlowStatePtr state = full_state(pool);
    change(*state);
    Rare<plan::Facts> wanted = full_facts();
    CHECK_FALSE(PackedFlow::take(state, wanted).has_value());
    REQUIRE(state != nullptr);
    CHECK(state->seen.any());
    CHECK(wanted.has_value());
  }
  FlowStatePtr state = full_state(pool);
  const FlowStatePtr held = state;
  Rare<plan::Facts> wanted;
  CHECK_FALSE(PackedFlow::take(state, wanted).has_value());
  CHECK(state == held);
}

}  // namespace
}  // namespace dev8agent::internal
