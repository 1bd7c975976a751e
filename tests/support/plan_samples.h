// Settings, facts, groups and shares for tests of the pure rules.
#pragma once

#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "dev8agent/options.h"
#include "plan/facts.h"
#include "plan/situation.h"

namespace dev8agent::test {

using namespace internal;

inline const std::string kSampleId = "workspace-0001";
inline const WallTime kSampleNow = WallTime(std::chrono::sys_days(std::chrono::year(2026) / 1 / 15));

inline Secret secret(std::string_view text) {
  return Secret(text);
}

// Two enabled regions (eastus is the default) and a disabled one.
inline AgentSettings sample_settings(const std::function<void(AgentOptions&)>& change = {}) {
  AgentOptions options;
  options.subscription_id = "33333333-3333-4333-8333-333333333333";
  options.resource_group = "dev8";
  options.storage_account = "dev8files";
  options.default_region = "eastus";
  options.agent_base_url = "https://agent.example.com";
  options.credential = make_static_credential(secret("token"));
  for (const char* name : {"eastus", "westeurope", "centralindia"}) {
    RegionOptions region;
    region.name = name;
    region.enabled = region.name != "centralindia";
    options.regions.push_back(std::move(region));
  }
  if (change) change(options);
  auto settings = finalize(std::move(options));
  if (!settings.ok()) FAIL(settings.error().message);
  return *settings;
}

inline plan::Facts sample_facts() {
  plan::Facts facts;
  facts.id = kSampleId;
  facts.user_id = "user-1";
  facts.name = "My workspace";
  facts.region = "eastus";
  facts.cpu_cores = 2;
  facts.memory_gb = 4;
  facts.storage_gb = 20;
  facts.base_image = "node";
  facts.created_at = kSampleNow - std::chrono::hours(2);
  return facts;
}

inline const std::string kSampleToken = "token-of-the-create";

inline FileShare sample_share() {
  FileShare share;
  share.name = "fs-" + kSampleId;
  share.quota_gib = 25;
  share.metadata = plan::to_metadata(sample_facts(), kSampleToken);
  return share;
}

// A group with Azure's words for its provisioning, its own and its container's state.
inline ContainerGroup sample_group(std::string provisioning, std::string state, std::string container = "") {
  ContainerGroup group;
  group.name = "aci-" + kSampleId;
  group.location = "eastus";
  group.tags = plan::to_tags(sample_facts(), kSampleToken);
  group.provisioning_state = std::move(provisioning);
  group.state = std::move(state);
  group.container_state = std::move(container);
  group.cpu = 2;
  group.memory_gb = 4;
  return group;
}

inline ContainerGroup running_group() {
  return sample_group("Succeeded", "Running", "Running");
}
inline ContainerGroup stopped_group() {
  return sample_group("Succeeded", "Stopped", "Terminated");
}
inline ContainerGroup pending_group() {
  return sample_group("Pending", "Pending", "Waiting");
}
inline ContainerGroup deleting_group() {
  return sample_group("Deleting", "Running", "Running");
}
// Ended by itself.
inline ContainerGroup ended_group() {
  return sample_group("Succeeded", "Failed", "Terminated");
}
inline ContainerGroup crashing_group() {
  ContainerGroup group = sample_group("Succeeded", "Running", "Waiting");
  group.container_restarts = 5;
  group.container_exit_code = 1;
  group.container_detail = "CrashLoopBackOff";
  return group;
}
inline ContainerGroup failed_group() {
  return sample_group("Failed", "Pending", "Waiting");
}
inline ContainerGroup foreign_group() {
  ContainerGroup group = running_group();
  group.tags["managed-by"] = "somebody-else";
  return group;
}

inline ContainerEvent failure_event(std::string name, ErrorCode code, std::optional<WallTime> at) {
  ContainerEvent event;
  event.name = std::move(name);
  event.message = "because";
  event.type = "Warning";
  event.count = 1;
  event.last_at = at;
  event.failure = make_error(code, "because");
  return event;
}

// The situation of a call of its own token, whose observation is fresh.
inline const std::string kOwnToken = "token-of-this-call";
inline const TimePoint kSampleTime = TimePoint(std::chrono::hours(1));

inline plan::Situation sample_situation(std::optional<ContainerGroup> group, bool share) {
  plan::Situation at;
  at.id = kSampleId;
  at.now = kSampleTime;
  at.own.token = kOwnToken;
  at.seen.azure_now = kSampleNow;
  plan::note_group(at.seen, std::move(group), kSampleTime);
  if (share) at.seen.share = plan::see_share(sample_share());
  at.seen.share_asked_at = kSampleTime;
  at.seen.other_regions_clear = true;
  return at;
}

inline void set_share_token(plan::Situation& at, const std::string& token) {
  FileShare share = sample_share();
  share.metadata = plan::to_metadata(sample_facts(), token);
  at.seen.share = plan::see_share(std::move(share));
}

inline ContainerGroup with_token(ContainerGroup group, const std::string& token) {
  group.tags["call"] = token;
  return group;
}

// The absence of the group, confirmed by two reads and a list.
inline void confirm_absence(plan::Situation& at) {
  at.seen.absence.first_asked = at.now - plan::kAbsenceSpan;
  at.seen.absence.last_asked = at.now;
  at.seen.absence.not_listed_asked = at.now;
}

// An accepted PUT or start of this call, `age` ago.
inline void wrote_group(plan::Situation& at, plan::Sent plan::OwnWrites::*write,
                        std::chrono::seconds age = std::chrono::seconds(30)) {
  at.own.*write = plan::Sent::kAccepted;
  at.own.group_written_at = at.now - age;
}

inline std::string text_of(plan::Step step) {
  switch (step) {
    case plan::Step::kDone:
      return "done";
    case plan::Step::kKeepRunning:
      return "keep running";
    case plan::Step::kKeepFiles:
      return "keep files";
    case plan::Step::kWait:
      return "wait";
    case plan::Step::kObserve:
      return "observe";
    case plan::Step::kConfirmAbsence:
      return "confirm absence";
    case plan::Step::kCheckOtherRegions:
      return "check other regions";
    case plan::Step::kInspectShare:
      return "inspect share";
    case plan::Step::kCreateShare:
      return "create share";
    case plan::Step::kTakeOverShare:
      return "take over share";
    case plan::Step::kReleaseShare:
      return "release share";
    case plan::Step::kSetQuota:
      return "set quota";
    case plan::Step::kSetMetadata:
      return "set metadata";
    case plan::Step::kDeleteShare:
      return "delete share";
    case plan::Step::kSetTags:
      return "set tags";
    case plan::Step::kPutGroup:
      return "put group";
    case plan::Step::kStartGroup:
      return "start group";
    case plan::Step::kStopGroup:
      return "stop group";
    case plan::Step::kRestartGroup:
      return "restart group";
    case plan::Step::kDeleteGroup:
      return "delete group";
  }
  return "?";
}

// The step's text, or the machine word of the error.
inline std::string text_of(const plan::Decision& decision) {
  return decision.ok() ? text_of(decision->step) : std::string(to_string(decision.error().code));
}

}  // namespace dev8agent::test
