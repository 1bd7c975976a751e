// What a stop and a delete do next, for every state that Azure may be in.
#include <doctest/doctest.h>

#include "plan/steps.h"
#include "support/plan_samples.h"

using namespace dev8agent;
using namespace dev8agent::plan;
using namespace dev8agent::test;

namespace {

Observation observe(std::optional<ContainerGroup> group, bool share) {
  Observation seen;
  seen.group = std::move(group);
  if (share) seen.share = sample_share();
  return seen;
}

Decision stop(std::optional<ContainerGroup> group, bool share, bool stopped) {
  History history;
  history.stopped = stopped;
  history.now = kSampleNow;
  return next_for_stop(kSampleId, observe(std::move(group), share), history);
}

Decision remove(std::optional<ContainerGroup> group, bool share, bool force, bool deleted) {
  History history;
  history.group_deleted = deleted;
  history.now = kSampleNow;
  return next_for_delete(kSampleId, force, observe(std::move(group), share), history);
}

}  // namespace

TEST_CASE("stop: what is there decides the step") {
  struct Row {
    std::string what;
    std::optional<ContainerGroup> group;
    bool share;
    bool stopped;
    Step step;
    ErrorCode error = ErrorCode::kInternal;
  };
  const Row rows[] = {
      {"nothing", std::nullopt, false, false, Step::kFail, ErrorCode::kNotFound},
      {"the share alone", std::nullopt, true, false, Step::kDone},
      {"running", running_group(), true, false, Step::kStopGroup},
      {"running without files", running_group(), false, false, Step::kStopGroup},
      {"still shown running after the stop", running_group(), true, true, Step::kWait},
      {"stopped", stopped_group(), true, false, Step::kDone},
      {"stopped by this call", stopped_group(), true, true, Step::kDone},
      {"coming up", pending_group(), true, false, Step::kStopGroup},
      {"coming up after the stop", pending_group(), true, true, Step::kWait},
      {"ended by itself", ended_group(), true, false, Step::kDone},
      {"crashes", crashing_group(), true, false, Step::kStopGroup},
      {"never came up, and bills", failed_group(), true, false, Step::kStopGroup},
      {"being deleted", deleting_group(), true, false, Step::kWait},
      {"a foreign group", foreign_group(), true, false, Step::kFail, ErrorCode::kConflict},
      // Azure's provisioning state may stay Failed; the state tells that the compute is released.
      {"failed, and stopped by this call", sample_group("Failed", "Stopped", "Terminated"), true, true,
       Step::kDone},
      {"failed, and stopped before", sample_group("Failed", "Stopped", "Terminated"), true, false,
       Step::kDone},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    const Decision decision = stop(row.group, row.share, row.stopped);
    CHECK(decision.step == row.step);
    CHECK(decision.error.has_value() == (row.step == Step::kFail));
    if (decision.error && row.step == Step::kFail) CHECK(decision.error->code == row.error);
  }
}

TEST_CASE("delete: what is there decides the step") {
  struct Row {
    std::string what;
    std::optional<ContainerGroup> group;
    bool share;
    bool force;
    bool deleted;
    Step step;
    ErrorCode error = ErrorCode::kInternal;
  };
  const Row rows[] = {
      {"nothing", std::nullopt, false, false, false, Step::kFail, ErrorCode::kNotFound},
      {"nothing, by force", std::nullopt, false, true, false, Step::kFail, ErrorCode::kNotFound},
      {"nothing left after this call's delete", std::nullopt, false, false, true, Step::kDone},
      {"half deleted", std::nullopt, true, false, false, Step::kDeleteShare},
      {"running", running_group(), true, false, false, Step::kFail, ErrorCode::kConflict},
      {"running without files", running_group(), false, false, false, Step::kFail, ErrorCode::kConflict},
      {"running in a failed group", sample_group("Failed", "Running", "Running"), true, false, false,
       Step::kFail, ErrorCode::kConflict},
      {"running while Azure repairs its group", sample_group("Repairing", "Running", "Running"), true, false,
       false, Step::kFail, ErrorCode::kConflict},
      {"running while Azure repairs its group, by force", sample_group("Repairing", "Running", "Running"),
       true, true, false, Step::kDeleteGroup},
      {"being deleted by another call", deleting_group(), true, false, false, Step::kDeleteGroup},
      {"running, by force", running_group(), true, true, false, Step::kDeleteGroup},
      {"stopped", stopped_group(), true, false, false, Step::kDeleteGroup},
      {"coming up", pending_group(), true, false, false, Step::kDeleteGroup},
      {"ended", ended_group(), true, false, false, Step::kDeleteGroup},
      {"crashes", crashing_group(), true, false, false, Step::kDeleteGroup},
      {"failed", failed_group(), true, false, false, Step::kDeleteGroup},
      {"a group without files", stopped_group(), false, false, false, Step::kDeleteGroup},
      {"still there after this call's delete", deleting_group(), true, false, true, Step::kDeleteGroup},
      {"a foreign group", foreign_group(), true, true, false, Step::kFail, ErrorCode::kConflict},
      {"a foreign group after a delete", foreign_group(), true, true, true, Step::kFail,
       ErrorCode::kConflict},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    const Decision decision = remove(row.group, row.share, row.force, row.deleted);
    CHECK(decision.step == row.step);
    CHECK(decision.error.has_value() == (row.step == Step::kFail));
    if (decision.error && row.step == Step::kFail) CHECK(decision.error->code == row.error);
  }
}

TEST_CASE("delete: the share goes only when the group was seen gone") {
  for (const auto& group :
       {running_group(), stopped_group(), pending_group(), deleting_group(), ended_group(), crashing_group(),
        failed_group(), foreign_group(), sample_group("", "")}) {
    for (int bits = 0; bits < 8; ++bits) {
      const Step step = remove(group, (bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0).step;
      CHECK(step != Step::kDeleteShare);
      CHECK(step != Step::kDone);
    }
  }
}

TEST_CASE("stop and delete: refusals tell what to do, in the contract's words") {
  CHECK(remove(running_group(), true, false, false).error->message ==
        "environment workspace-0001 is still running. Stop it first or use force=true");
  CHECK(stop(foreign_group(), true, false).error->message.find("does not manage") != std::string::npos);
}

TEST_CASE("only throttling, outages, passing conflicts and busy registries are worth a repeat of a write") {
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
