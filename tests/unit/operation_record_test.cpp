// Records of operations: stages with their times, and what an end means.
#include "dev8agent/operation_record.h"

#include <doctest/doctest.h>

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

std::vector<std::string> stages_of(OperationKind kind, const std::vector<std::string>& reports) {
  OperationRecord record = record_of(kind);
  for (const std::string& stage : reports) note_progress(record, {stage, ""}, kSampleNow);
  note_end(record, nullptr, std::nullopt, kSampleNow);
  std::vector<std::string> names;
  for (const OperationStage& stage : record.stages) names.push_back(stage.name);
  return names;
}

OperationStatus status_after(ErrorCode code, bool retryable) {
  OperationRecord record = record_of(OperationKind::kCreate);
  Error error = make_error(code, "because");
  error.retryable = retryable;
  note_end(record, &error, std::nullopt, kSampleNow);
  return record.status;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("operation record: it begins queued") {
  const OperationRecord record = record_of(OperationKind::kStop);
  CHECK(record.status == OperationStatus::kRunning);
  CHECK(record.progress.stage == "queued");
  REQUIRE(record.stages.size() == 1);
  CHECK(record.stages[0] == OperationStage{"queued", kSampleNow, std::nullopt});
}

TEST_CASE("operation record: a stage ends when the next one begins") {
  OperationRecord record = record_of(OperationKind::kCreate);
  note_progress(record, {"locating", ""}, kSampleNow + seconds(1));
  note_progress(record, {"provisioning", "Pulling"}, kSampleNow + seconds(3));
  note_progress(record, {"provisioning", "Pulled"}, kSampleNow + seconds(5));
  CHECK(record.progress.detail == "Pulled");
  CHECK(record.updated_at == kSampleNow + seconds(5));
  REQUIRE(record.stages.size() == 3);
  CHECK(record.stages[1] == OperationStage{"locating", kSampleNow + seconds(1), kSampleNow + seconds(3)});
  CHECK(record.stages[2] == OperationStage{"provisioning", kSampleNow + seconds(3), std::nullopt});
  note_end(record, nullptr, std::nullopt, kSampleNow + seconds(9));
  CHECK(record.stages[2].ended_at == kSampleNow + seconds(9));
  CHECK(record.stages[3] == OperationStage{"done", kSampleNow + seconds(9), kSampleNow + seconds(9)});
}

TEST_CASE("operation record: each kind shows its own stages; others are details") {
  CHECK(stages_of(OperationKind::kCreate, {"locating", "creating-share", "creating-container", "provisioning",
                                           "rolling-back", "deleting-container", "deleting-share"}) ==
        Names{"queued", "locating", "creating-share", "creating-container", "provisioning", "rolling-back",
              "done"});
  CHECK(stages_of(OperationKind::kStart,
                  {"locating", "starting", "provisioning", "rolling-back", "stopping"}) ==
        Names{"queued", "locating", "starting", "provisioning", "rolling-back", "done"});
  CHECK(stages_of(OperationKind::kStop, {"locating", "provisioning", "stopping"}) ==
        Names{"queued", "locating", "stopping", "done"});
  CHECK(stages_of(OperationKind::kDelete, {"locating", "deleting-container", "deleting-share"}) ==
        Names{"queued", "locating", "deleting-container", "deleting-share", "done"});
  OperationRecord record = record_of(OperationKind::kCreate);
  note_progress(record, {"rolling-back", ""}, kSampleNow);
  note_progress(record, {"deleting-share", ""}, kSampleNow);
  CHECK(record.progress == Progress{"rolling-back", "deleting-share"});
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
  note_progress(record, {"provisioning", ""}, kSampleNow + seconds(1));
  note_end(record, &error, std::nullopt, kSampleNow + seconds(1));
  CHECK(record.status == OperationStatus::kSucceeded);
  CHECK(record.progress.stage == "done");
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
