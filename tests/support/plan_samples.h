// Settings, facts, groups and shares for tests of the pure rules (src/plan). They fit
// each other: the sample group and share store the sample facts of one environment, so
// a test changes one thing and asks for the decision:
//
//   // A delete without force refuses while the container runs.
//   const plan::Situation at = sample_situation(running_group(), true);
//   CHECK_FALSE(plan::next_for_delete(false, at).ok());
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

// The environment, and the time on Azure's clock, in all samples.
inline const std::string kSampleId = "workspace-0001";
inline const WallTime kSampleNow = WallTime(std::chrono::sys_days(std::chrono::year(2026) / 1 / 15));

// Secret has no implicit conversion; this is short for tests.
inline Secret secret(std::string_view text) {
  return Secret(text);
}

// Two enabled regions (eastus is the default) and a disabled one (centralindia).
// `change` has the last word on the options. Fails the test case when they are invalid
// then.
inline AgentSettings sample_settings(const std::function<void(AgentOptions&)>& change = {}) {
  AgentOptions options;
  // Made-up ids and names, which are sent nowhere.
  options.subscription_id = "33333333-3333-4333-8333-333333333333";
  options.resource_group = "dev8";        // of all regions
  options.storage_account = "dev8files";  // of all regions, too
  options.default_region = "eastus";
  options.agent_base_url = "https://agent.example.com";          // containers report their activity there
  options.credential = make_static_credential(secret("token"));  // never asked: the rules are pure
  // The storage account is the same for all regions.
  for (const char* name : {"eastus", "westeurope", "centralindia"}) {
    RegionOptions region;
    region.name = name;
    region.enabled = region.name != "centralindia";
    options.regions.push_back(std::move(region));
  }
  // finalize() completes and checks the options, as for a real agent.
  if (change) change(options);
  auto settings = finalize(std::move(options));
  if (!settings.ok()) FAIL(settings.error().message);
  return *settings;
}

// What Azure stores of the environment: created two hours ago, 2 vCPU, 4 GB of memory,
// 20 GB for its files.
inline plan::Facts sample_facts() {
  plan::Facts facts;
  facts.id = kSampleId;
  facts.user_id = "user-1";
  facts.name = "My workspace";
  // Sizes in vCPU and GB. The quota of the share follows from storage_gb.
  facts.region = "eastus";  // the default one
  facts.cpu_cores = 2;
  facts.memory_gb = 4;
  facts.storage_gb = 20;
  facts.base_image = "node";
  facts.created_at = kSampleNow - std::chrono::hours(2);
  return facts;
}

// The ownership token of the call that created the samples. It is still there: nobody
// has released it.
inline const std::string kSampleToken = "token-of-the-create";

// The share of the sample facts. Its quota is larger than storage_gb by the 5 GB for
// the home directory.
inline FileShare sample_share() {
  FileShare share;
  share.name = "fs-" + kSampleId;  // as the library names shares
  share.quota_gib = 25;            // 20 GB for the workspace and 5 for the home directory
  share.metadata = plan::to_metadata(sample_facts(), kSampleToken);
  return share;
}

// A group with Azure's words for its provisioning state, its own state and its
// container's state, as in the answer to a GET. Name, tags and sizes are those of the
// sample facts.
inline ContainerGroup sample_group(std::string provisioning, std::string state, std::string container = "") {
  ContainerGroup group;
  group.name = "aci-" + kSampleId;  // as the library names groups
  group.location = "eastus";
  group.tags = plan::to_tags(sample_facts(), kSampleToken);
  group.provisioning_state = std::move(provisioning);
  group.state = std::move(state);
  group.container_state = std::move(container);
  group.cpu = 2;
  group.memory_gb = 4;
  return group;
}

// Groups in the states that Azure can show. First: it runs.
inline ContainerGroup running_group() {
  return sample_group("Succeeded", "Running", "Running");
}
// Stopped by a client.
inline ContainerGroup stopped_group() {
  // Azure says Succeeded of every operation that ended well, a stop included.
  return sample_group("Succeeded", "Stopped", "Terminated");
}
// Coming up.
inline ContainerGroup pending_group() {
  return sample_group("Pending", "Pending", "Waiting");
}
// A deletion is under way; the container may still run.
inline ContainerGroup deleting_group() {
  // The emulator deletes at once and never shows this state; Azure may.
  return sample_group("Deleting", "Running", "Running");
}
// Its container ended by itself.
inline ContainerGroup ended_group() {
  // The operation has succeeded: the container had come up.
  return sample_group("Succeeded", "Failed", "Terminated");
}
// Its container crashes, and the platform waits before it starts it again. As in Azure,
// the group itself is still shown as Running.
inline ContainerGroup crashing_group() {
  ContainerGroup group = sample_group("Succeeded", "Running", "Waiting");
  group.container_restarts = 5;                 // restarted by the platform
  group.container_exit_code = 1;                // of the last run
  group.container_detail = "CrashLoopBackOff";  // Azure's detailStatus
  return group;
}
// Its deployment failed: the container never ran.
inline ContainerGroup failed_group() {
  // The reverse: the operation has failed, and the state is what it was then.
  return sample_group("Failed", "Pending", "Waiting");
}
// It has the environment's name and runs, but another program manages it.
inline ContainerGroup foreign_group() {
  ContainerGroup group = running_group();
  group.tags["managed-by"] = "somebody-else";  // the tag by which the library knows its own groups
  return group;
}

// A warning that Azure shows of a group, which the library reads as `code`. `at` is its
// time on Azure's clock; nothing: Azure gave none.
inline ContainerEvent failure_event(std::string name, ErrorCode code, std::optional<WallTime> at) {
  ContainerEvent event;
  event.name = std::move(name);
  event.message = "because";
  event.type = "Warning";  // only warnings tell of failures
  // `count` is how often it happened; `last_at` is the last time.
  event.count = 1;
  event.last_at = at;
  event.failure = make_error(code, "because");  // how the library has read the event
  return event;
}

// The ownership token of the call that decides, and the present on the monotonic clock.
inline const std::string kOwnToken = "token-of-this-call";
inline const TimePoint kSampleTime = TimePoint(std::chrono::hours(1));

// The situation of a call that has written nothing and whose observation is fresh:
// `group`, and the sample share when `share` is true. Nothing as `group` means that one
// read has not found it: that is not yet a confirmed absence. Other regions are known
// to be clear.
inline plan::Situation sample_situation(std::optional<ContainerGroup> group, bool share) {
  plan::Situation at;
  at.id = kSampleId;
  at.now = kSampleTime;
  // The call has written nothing: all other members of `own` keep their defaults.
  at.own.token = kOwnToken;
  at.seen.azure_now = kSampleNow;                            // the date in Azure's last answer
  plan::note_group(at.seen, std::move(group), kSampleTime);  // as if read at this moment
  if (share) at.seen.share = plan::see_share(sample_share());
  at.seen.share_asked_at = kSampleTime;  // so is the share
  at.seen.other_regions_clear = true;    // no other region has the id
  return at;
}

// The same share with another ownership token; "" releases it, as a successful create
// does.
inline void set_share_token(plan::Situation& at, const std::string& token) {
  FileShare share = sample_share();
  // The facts stay the same: only the token differs.
  share.metadata = plan::to_metadata(sample_facts(), token);
  at.seen.share = plan::see_share(std::move(share));
}

// The same group with another ownership token.
inline ContainerGroup with_token(ContainerGroup group, const std::string& token) {
  group.tags["call"] = token;  // the tag that holds the token
  return group;
}

// The absence of the group, confirmed by two reads and a list that are far enough apart
// in time.
inline void confirm_absence(plan::Situation& at) {
  at.seen.absence.first_asked = at.now - plan::kAbsenceSpan;  // the first read without the group
  at.seen.absence.last_asked = at.now;                        // the last one
  at.seen.absence.not_listed_asked = at.now;                  // and a list without it
}

// An accepted PUT or start of this call, `age` ago. `write` says which:
// `&plan::OwnWrites::group_put`.
inline void wrote_group(plan::Situation& at, plan::Sent plan::OwnWrites::*write,
                        std::chrono::seconds age = std::chrono::seconds(30)) {
  // The default age is less than plan::kVisibleAfter: reads may not show the write yet.
  at.own.*write = plan::Sent::kAccepted;
  at.own.group_written_at = at.now - age;  // when Azure accepted it
}

// The step in words. Tables of decisions compare these, so a failure shows what was
// decided.
inline std::string text_of(plan::Step step) {
  // Without a default, so that the compiler warns when a step is missing.
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
    case plan::Step::kReadShare:
      return "read share";
    case plan::Step::kConfirmAbsence:
      return "confirm absence";
    case plan::Step::kCheckOtherRegions:
      return "check other regions";
    case plan::Step::kInspectShare:
      return "inspect share";
    case plan::Step::kAskWorkspace:
      return "ask workspace";
    case plan::Step::kCreateShare:
      return "create share";
    case plan::Step::kRestoreShare:
      return "restore share";
    case plan::Step::kTakeOverShare:
      return "take over share";
    case plan::Step::kReleaseShare:
      return "release share";
    case plan::Step::kSetQuota:
      return "set quota";
    case plan::Step::kSnapshotShare:
      return "snapshot share";
    case plan::Step::kKeepShare:
      return "keep share";
    case plan::Step::kSetMetadata:
      return "set metadata";
    case plan::Step::kDeleteShare:
      return "delete share";
    case plan::Step::kCreateCertificateShare:
      return "create certificate share";
    case plan::Step::kDeleteCertificateShare:
      return "delete certificate share";
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

// The words of the decided step, or the machine word of the error, such as "NOT_FOUND".
inline std::string text_of(const plan::Decision& decision) {
  return decision.ok() ? text_of(decision->step) : std::string(to_string(decision.error().code));
}

}  // namespace dev8agent::test
