// Records of operations: stages with their times, and what an end means.
#include "dev8agent/operation_record.h"

#include <doctest/doctest.h>

#include <set>
#include <string_view>
#include <vector>

#include "support/plan_samples.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;
using std::chrono::seconds;

namespace {

OperationRecord record_of(OperationKind kind) {
  OperationId about{kind, kSampleId, "eastus", kSampleNow, {}, "1"};
  return begin_record("an-id", std::move(about));
}

using Stages = std::vector<Stage>;

Stages stages_of(OperationKind kind, const Stages& reports) {
  OperationRecord record = record_of(kind);
  for (const Stage stage : reports) note_progress(record, {stage, ""}, kSampleNow);
  note_end(record, nullptr, std::nullopt, kSampleNow);
  Stages shown;
  for (const OperationStage& entered : record.stages) shown.push_back(entered.stage);
  return shown;
}

OperationStatus status_after(ErrorCode code, bool retryable) {
  OperationRecord record = record_of(OperationKind::kCreate);
  Error error = make_error(code, "because");
  error.retryable = retryable;
  note_end(record, &error, std::nullopt, kSampleNow);
  return record.status;
}

}  // namespace

TEST_CASE("stages: each has a word of its own, and is found by it") {
  std::set<std::string_view> words;
  for (int i = 0; i <= static_cast<int>(Stage::kDone); ++i) {
    const auto stage = static_cast<Stage>(i);
    CHECK(parse_stage(to_string(stage)) == stage);
    words.insert(to_string(stage));
  }
  CHECK(words.size() == static_cast<std::size_t>(Stage::kDone) + 1);
  CHECK(to_string(Stage::kQueued) == "queued");
  CHECK(to_string(Stage::kStarting) == "starting");
  CHECK(to_string(Stage::kProvisioning) == "provisioning");
  CHECK(to_string(Stage::kWaitingForIde) == "waiting-for-ide");
  CHECK(to_string(Stage::kDone) == "done");
  CHECK(parse_stage("Queued") == std::nullopt);
  CHECK(parse_stage("") == std::nullopt);
}

TEST_CASE("operation record: it begins queued") {
  const OperationRecord record = record_of(OperationKind::kStop);
  CHECK(record.status == OperationStatus::kRunning);
  CHECK(record.progress.stage == Stage::kQueued);
  REQUIRE(record.stages.size() == 1);
  CHECK(record.stages[0] == OperationStage{Stage::kQueued, kSampleNow, std::nullopt});
}

TEST_CASE("operation record: a stage ends when the next one begins") {
  OperationRecord record = record_of(OperationKind::kCreate);
  note_progress(record, {Stage::kLocating, ""}, kSampleNow + seconds(1));
  note_progress(record, {Stage::kProvisioning, "Pulling"}, kSampleNow + seconds(3));
  note_progress(record, {Stage::kProvisioning, "Pulled"}, kSampleNow + seconds(5));
  CHECK(record.progress.detail == "Pulled");
  CHECK(record.updated_at == kSampleNow + seconds(5));
  REQUIRE(record.stages.size() == 3);
  CHECK(record.stages[1] ==
        OperationStage{Stage::kLocating, kSampleNow + seconds(1), kSampleNow + seconds(3)});
  CHECK(record.stages[2] == OperationStage{Stage::kProvisioning, kSampleNow + seconds(3), std::nullopt});
  note_end(record, nullptr, std::nullopt, kSampleNow + seconds(9));
  CHECK(record.stages[2].ended_at == kSampleNow + seconds(9));
  CHECK(record.stages[3] == OperationStage{Stage::kDone, kSampleNow + seconds(9), kSampleNow + seconds(9)});
}

TEST_CASE("operation record: each kind shows its own stages; others are details") {
  CHECK(stages_of(OperationKind::kCreate,
                  {Stage::kLocating, Stage::kCreatingShare, Stage::kCreatingContainer, Stage::kProvisioning,
                   Stage::kRollingBack, Stage::kDeletingContainer, Stage::kDeletingShare}) ==
        Stages{Stage::kQueued, Stage::kLocating, Stage::kCreatingShare, Stage::kCreatingContainer,
               Stage::kProvisioning, Stage::kRollingBack, Stage::kDone});
  CHECK(stages_of(OperationKind::kStart, {Stage::kLocating, Stage::kStarting, Stage::kProvisioning,
                                          Stage::kRollingBack, Stage::kStopping}) ==
        Stages{Stage::kQueued, Stage::kLocating, Stage::kStarting, Stage::kProvisioning, Stage::kRollingBack,
               Stage::kDone});
  CHECK(stages_of(OperationKind::kStop, {Stage::kLocating, Stage::kProvisioning, Stage::kStopping}) ==
        Stages{Stage::kQueued, Stage::kLocating, Stage::kStopping, Stage::kDone});
  CHECK(stages_of(OperationKind::kDelete,
                  {Stage::kLocating, Stage::kDeletingContainer, Stage::kDeletingShare}) ==
        Stages{Stage::kQueued, Stage::kLocating, Stage::kDeletingContainer, Stage::kDeletingShare,
               Stage::kDone});
  OperationRecord record = record_of(OperationKind::kCreate);
  note_progress(record, {Stage::kRollingBack, ""}, kSampleNow);
  note_progress(record, {Stage::kDeletingShare, ""}, kSampleNow);
  CHECK(record.progress == Progress{Stage::kRollingBack, "deleting-share"});
}

TEST_CASE("operation record: how it ended") {
  CHECK(status_after(ErrorCode::kCapacityUnavailable, true) == OperationStatus::kFailed);
  CHECK(status_after(ErrorCode::kTimeout, false) == OperationStatus::kFailed);
  CHECK(status_after(ErrorCode::kCancelled, false) == OperationStatus::kCancelled);
  CHECK(status_after(ErrorCode::kCancelled, true) == OperationStatus::kCancelled);
  OperationRecord record = record_of(OperationKind::kCreate);
  Environment environment;
  environment.id = kSampleId;
  note_end(record, nullptr, environment, kSampleNow);
  CHECK(record.status == OperationStatus::kSucceeded);
  CHECK(record.environment == environment);
  CHECK_FALSE(record.error);
}

TEST_CASE("operation record: nothing changes after the end") {
  OperationRecord record = record_of(OperationKind::kCreate);
  note_end(record, nullptr, std::nullopt, kSampleNow);
  const Error error = make_error(ErrorCode::kInternal, "late");
  note_progress(record, {Stage::kProvisioning, ""}, kSampleNow + seconds(1));
  note_end(record, &error, std::nullopt, kSampleNow + seconds(1));
  CHECK(record.status == OperationStatus::kSucceeded);
  CHECK(record.progress.stage == Stage::kDone);
  CHECK(record.updated_at == kSampleNow);
}

TEST_CASE("operation record: the words of the contract") {
  for (const OperationStatus status :
       {OperationStatus::kRunning, OperationStatus::kSucceeded, OperationStatus::kFailed,
        OperationStatus::kCancelled, OperationStatus::kInterrupted}) {
    CHECK(parse_operation_status(to_string(status)) == status);
  }
  CHECK(to_string(OperationStatus::kInterrupted) == "INTERRUPTED");
  CHECK_FALSE(parse_operation_status("running"));
  CHECK_FALSE(parse_operation_status(""));
}
