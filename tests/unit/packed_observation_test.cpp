// PackedObservation: what is packed comes back as it was, and what cannot be packed stays.
#include "plan/packed_observation.h"

#include <doctest/doctest.h>

#include <string>

namespace dev8agent::internal::plan {
namespace {

constexpr WallTime kStarted{std::chrono::milliseconds(1'700'000'000'123)};

// Every member has a value of its own, but for those that keep a group from being packed.
ContainerGroup full_group() {
  ContainerGroup group;
  group.name = "aci-one";
  group.location = "East US";
  group.zone = "2";
  group.tags = {{"call", "token"},
                {"cloudRegion", "eastus"},
                {"cpuCores", "2"},
                {"environment", "workspace-one"},
                {"lastActivityAt", "2026-01-02T03:04:05.678Z"},
                {"managed-by", "dev8-agent"},
                {"note", std::string(70'000, 'n')}};
  group.provisioning_state = "Creating";
  group.state = "Pending";
  group.fqdn = "one.eastus.azurecontainer.io";
  group.private_ip = "10.0.0.4";
  group.image = "registry.example/image:1";
  group.cpu = 2.25;
  group.memory_gb = 4.5;
  group.container_state = "Waiting";
  group.container_detail = "CrashLoopBackOff";
  group.container_exit_code = -7;
  group.container_restarts = 3;
  group.container_started_at = kStarted;
  group.container_finished_at = kStarted + std::chrono::seconds(9);
  group.containers = {"workspace", "", std::string(254, 'a'), std::string(255, 'b'), std::string(256, 'c')};
  return group;
}

FileShare full_share() {
  FileShare share;
  share.name = "fs-one";
  share.quota_gib = 25;
  share.metadata = {{"call", "token"}, {"environment", "workspace-one"}, {"userid", "u=20x"}};
  share.last_modified = kStarted;
  share.metadata_read = false;
  return share;
}

void check_same(const ContainerGroup& one, const ContainerGroup& other) {
  CHECK(one.name == other.name);
  CHECK(one.location == other.location);
  CHECK(one.zone == other.zone);
  CHECK(one.tags == other.tags);
  CHECK(one.provisioning_state == other.provisioning_state);
  CHECK(one.state == other.state);
  CHECK(one.fqdn == other.fqdn);
  CHECK(one.private_ip == other.private_ip);
  CHECK(one.image == other.image);
  CHECK(one.cpu == other.cpu);
  CHECK(one.memory_gb == other.memory_gb);
  CHECK(one.container_state == other.container_state);
  CHECK(one.container_detail == other.container_detail);
  CHECK(one.container_exit_code == other.container_exit_code);
  CHECK(one.container_restarts == other.container_restarts);
  CHECK(one.container_started_at == other.container_started_at);
  CHECK(one.container_finished_at == other.container_finished_at);
  CHECK(one.containers == other.containers);
}

TEST_CASE("A packed observation comes back as it was") {
  Observation seen;
  seen.group = see_group(full_group());
  seen.share = see_share(full_share());
  seen.content = ShareContent::kEmpty;

  PackedObservation packed(seen);
  CHECK_FALSE(seen.group.has_value());
  CHECK_FALSE(seen.share.has_value());
  CHECK(seen.content == ShareContent::kEmpty);

  packed.unpack_into(seen, WithGroup::kYes);
  REQUIRE(seen.group.has_value());
  check_same(seen.group->state, full_group());
  CHECK(seen.group->facts == see_group(full_group()).facts);
  CHECK(seen.group->token == "token");
  CHECK(seen.group->last_activity == see_group(full_group()).last_activity);
  REQUIRE(seen.share.has_value());
  CHECK(seen.share->state.name == "fs-one");
  CHECK(seen.share->state.quota_gib == 25);
  CHECK(seen.share->state.metadata == full_share().metadata);
  CHECK(seen.share->state.last_modified == kStarted);
  CHECK_FALSE(seen.share->state.metadata_read);
  CHECK(seen.share->facts.user_id == "u x");
  CHECK(seen.share->token == "token");
}

TEST_CASE("What is not there is not there after packing, either") {
  Observation seen;
  PackedObservation nothing(seen);
  nothing.unpack_into(seen, WithGroup::kYes);
  CHECK_FALSE(seen.any());

  // Without any value.
  seen.group = SeenGroup{};
  seen.share = SeenShare{};
  PackedObservation packed(seen);
  packed.unpack_into(seen, WithGroup::kYes);
  REQUIRE(seen.group.has_value());
  CHECK_FALSE(seen.group->state.container_started_at.has_value());
  REQUIRE(seen.share.has_value());
  CHECK(seen.share->state.metadata.empty());
}

TEST_CASE("A token that was taken off a share does not come back from its metadata") {
  Observation seen;
  seen.share = see_share(full_share());
  seen.share->token.clear();
  PackedObservation packed(seen);
  packed.unpack_into(seen, WithGroup::kYes);
  REQUIRE(seen.share.has_value());
  CHECK(seen.share->token.empty());
}

TEST_CASE("The share comes back alone where the group is not wanted any more") {
  Observation seen;
  seen.group = see_group(full_group());
  seen.share = see_share(full_share());
  PackedObservation packed(seen);
  packed.unpack_into(seen, WithGroup::kNo);
  CHECK_FALSE(seen.group.has_value());
  REQUIRE(seen.share.has_value());
  CHECK(seen.share->state.metadata == full_share().metadata);
}

TEST_CASE("Any number of texts comes back") {
  Observation seen;
  ContainerGroup group = full_group();
  for (int i = 0; i < 600; ++i)
    group.tags["label.number" + std::to_string(i)] = std::to_string(i % 300 + 1000);
  seen.group = see_group(group);
  PackedObservation packed(seen);
  packed.unpack_into(seen, WithGroup::kYes);
  REQUIRE(seen.group.has_value());
  check_same(seen.group->state, group);
}

TEST_CASE("A group with events, sidecars or mounts is not packed") {
  const auto stays = [](ContainerGroup group) {
    Observation seen;
    seen.group = see_group(std::move(group));
    PackedObservation packed(seen);
    const bool there = seen.group.has_value();
    packed.unpack_into(seen, WithGroup::kYes);
    return there && seen.group.has_value();
  };
  ContainerGroup group = full_group();
  CHECK_FALSE(stays(group));
  group.events.push_back({.name = "Pulling", .message = "", .type = "Normal", .last_at = {}, .failure = {}});
  CHECK(stays(group));
  group = full_group();
  group.sidecars.push_back({.name = "tls", .state = "", .detail = ""});
  CHECK(stays(group));
  group = full_group();
  group.mounts.push_back({.account = "account", .share = "share", .path = "/home"});
  CHECK(stays(group));
}

}  // namespace
}  // namespace dev8agent::internal::plan
