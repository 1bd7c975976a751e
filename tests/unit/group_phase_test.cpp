// Azure's words for a container group, as one phase.
#include "plan/group_phase.h"

#include <doctest/doctest.h>

#include "support/plan_samples.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::internal::plan;
using namespace dev8agent::test;

namespace {

GroupPhase classify_now(const ContainerGroup& group) {
  return classify_group(group, WallTime{}, kSampleNow);
}

}  // namespace

TEST_CASE("group phase: each pair of states, in any case") {
  struct Row {
    std::string provisioning;
    std::string state;
    std::string container;
    Phase phase;
  };
  const Row rows[] = {
      {"Succeeded", "Running", "Running", Phase::kRunning},
      {"succeeded", "running", "RUNNING", Phase::kRunning},
      {"Succeeded", "Running", "", Phase::kRunning},
      {"Succeeded", "Running", "Waiting", Phase::kComingUp},
      {"Succeeded", "Pending", "Waiting", Phase::kComingUp},
      {"Succeeded", "Pending", "", Phase::kComingUp},
      {"Succeeded", "", "", Phase::kComingUp},
      {"Succeeded", "Stopped", "Terminated", Phase::kStopped},
      {"Succeeded", "STOPPED", "", Phase::kStopped},
      {"Succeeded", "Succeeded", "Terminated", Phase::kFailed},
      {"Succeeded", "Failed", "Terminated", Phase::kFailed},
      {"Succeeded", "Repairing", "Waiting", Phase::kComingUp},
      {"Succeeded", "Unknown", "", Phase::kComingUp},
      {"Pending", "Pending", "", Phase::kComingUp},
      {"Creating", "Pending", "Waiting", Phase::kComingUp},
      {"Updating", "Running", "Running", Phase::kComingUp},
      {"Updating", "Stopped", "Terminated", Phase::kComingUp},
      {"Pending", "Stopped", "Terminated", Phase::kComingUp},
      {"Repairing", "Repairing", "", Phase::kComingUp},
      {"Accepted", "", "", Phase::kComingUp},
      {"NotSpecified", "", "", Phase::kComingUp},
      {"PreProvisioned", "", "", Phase::kComingUp},
      {"Created", "", "", Phase::kComingUp},
      {"", "", "", Phase::kComingUp},
      {"Levitating", "Aloft", "Humming", Phase::kComingUp},
      {"Failed", "Pending", "Waiting", Phase::kFailed},
      {"Failed", "", "", Phase::kFailed},
      {"Failed", "Running", "Running", Phase::kRunning},
      {"Failed", "Running", "Waiting", Phase::kFailed},
      {"Failed", "Pending", "Running", Phase::kFailed},
      {"Canceled", "Running", "Running", Phase::kRunning},
      {"Unhealthy", "Running", "Running", Phase::kRunning},
      {"Repairing", "Running", "Running", Phase::kComingUp},
      {"Canceled", "", "", Phase::kFailed},
      {"Unhealthy", "Running", "Waiting", Phase::kFailed},
      {"NotAccessible", "", "", Phase::kFailed},
      {"Deleting", "Running", "Running", Phase::kDeleting},
      {"Deleting", "Stopped", "", Phase::kDeleting},
      {"deleting", "Failed", "", Phase::kDeleting},
  };
  for (const Row& row : rows) {
    CAPTURE(row.provisioning);
    CAPTURE(row.state);
    CAPTURE(row.container);
    const GroupPhase verdict = classify_now(sample_group(row.provisioning, row.state, row.container));
    CHECK(verdict.phase == row.phase);
    CHECK(verdict.error.has_value() == (row.phase == Phase::kFailed));
  }
}

TEST_CASE("group phase: a workspace is up when the containers beside it are, too") {
  struct Row {
    std::string state;
    std::string detail;
    int restarts;
    Phase phase;
  };
  const Row rows[] = {{"Running", "", 0, Phase::kRunning},
                      {"Running", "", 5, Phase::kRunning},
                      {"", "", 0, Phase::kRunning},  // a list, which shows no state
                      {"Waiting", "", 0, Phase::kComingUp},
                      {"Terminated", "Error", 1, Phase::kComingUp},
                      {"Terminated", "Error", 2, Phase::kFailed},
                      {"Waiting", "CrashLoopBackOff", 0, Phase::kFailed}};
  for (const Row& row : rows) {
    CAPTURE(row.state);
    CAPTURE(row.restarts);
    ContainerGroup group = sample_group("Succeeded", "Running", "Running");
    group.sidecars.push_back({"tls", row.state, row.detail, 1, row.restarts});
    const GroupPhase verdict = classify_now(group);
    CHECK(verdict.phase == row.phase);
    if (row.phase == Phase::kFailed) {
      REQUIRE(verdict.error.has_value());
      CHECK(verdict.error->code == ErrorCode::kContainerFailed);
      CHECK(verdict.error->message.find("the container 'tls' beside the workspace ended") == 0);
    }
  }
}

TEST_CASE("group phase: a stopped group is stopped whatever its provisioning came to") {
  // Facts: only instanceView.state says Stopped; a group that failed and was stopped bills no more.
  CHECK(classify_now(sample_group("Failed", "Stopped", "Terminated")).phase == Phase::kStopped);
  CHECK(classify_now(sample_group("Canceled", "Stopped", "Terminated")).phase == Phase::kStopped);
}

TEST_CASE("group phase: restarts distinguish a crash loop from a recovered container") {
  ContainerGroup group = running_group();
  group.container_restarts = 1;
  group.container_started_at = kSampleNow - std::chrono::seconds(5);
  CHECK(classify_now(group).phase == Phase::kComingUp);
  group.container_started_at = kSampleNow - std::chrono::seconds(30);
  CHECK(classify_now(group).phase == Phase::kRunning);
  group.container_restarts = 40;
  CHECK(classify_now(group).phase == Phase::kRunning);
  group.container_state = "Waiting";
  CHECK(classify_now(group).phase == Phase::kFailed);
  group.container_restarts = 1;
  CHECK(classify_now(group).phase == Phase::kComingUp);
  group.container_detail = "CrashLoopBackOff: back-off 20s";
  CHECK(classify_now(group).phase == Phase::kFailed);
}

TEST_CASE("group phase: an ended container reports its exit code and reason") {
  ContainerGroup group = ended_group();
  group.container_exit_code = 137;
  group.container_detail = "OOMKilled";
  group.container_restarts = 3;
  const GroupPhase verdict = classify_now(group);
  REQUIRE(verdict.error.has_value());
  CHECK(verdict.error->code == ErrorCode::kContainerFailed);
  CHECK(verdict.error->message.find("137") != std::string::npos);
  CHECK(verdict.error->message.find("OOMKilled") != std::string::npos);
  CHECK(verdict.error->azure_code == "OOMKilled");  // not "Succeeded", which the deployment has
  CHECK(verdict.error->message.find("3 restarts") != std::string::npos);
}

TEST_CASE("group phase: announced failures count from the deployment's beginning on") {
  const WallTime since = kSampleNow - std::chrono::minutes(2);
  struct Row {
    std::optional<WallTime> at;
    Phase phase;
  };
  const Row rows[] = {{since - std::chrono::seconds(1), Phase::kComingUp},
                      {since, Phase::kFailed},
                      {kSampleNow, Phase::kFailed},
                      {std::nullopt, Phase::kFailed}};
  for (const Row& row : rows) {
    ContainerGroup group = pending_group();
    group.events.push_back(failure_event("InsufficientCapacity.", ErrorCode::kCapacityUnavailable, row.at));
    const GroupPhase verdict = classify_group(group, since, kSampleNow);
    CHECK(verdict.phase == row.phase);
    if (row.phase == Phase::kFailed) CHECK(verdict.error->code == ErrorCode::kCapacityUnavailable);
  }
}

TEST_CASE("group phase: the failure's own cause goes before the general state") {
  ContainerGroup group = failed_group();
  group.events.push_back(failure_event("BackOff", ErrorCode::kImagePullFailed, kSampleNow));
  CHECK(classify_now(group).error->code == ErrorCode::kImagePullFailed);
}

TEST_CASE("group phase: a container that runs is running, whatever events it has behind it") {
  ContainerGroup group = running_group();
  group.events.push_back(failure_event("BackOff", ErrorCode::kImagePullFailed, kSampleNow));
  CHECK(classify_now(group).phase == Phase::kRunning);
}
