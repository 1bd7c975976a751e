// OperationRecord: what is known of one operation, for whoever follows it: status, stages with their times,
// error and environment. Kept by the process that runs it with note_progress() and note_end(); made from what
// Azure shows by EnvironmentOrchestrator::observe_operation(). Plain values; any thread, one at a time.
//
//   auto record = begin_record(id, *orchestrator.read_operation_id(id));
//   note_progress(record, {Stage::kProvisioning, "Pulling the image"}, now);
//   note_end(record, nullptr, created->environment, now);      // to_json(record) is the REST answer
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dev8agent/environment.h"
#include "dev8agent/error.h"
#include "dev8agent/export.h"
#include "dev8agent/operation_id.h"
#include "dev8agent/progress.h"

namespace dev8agent {
inline namespace DEV8AGENT_ABI {

// kCancelled: by its caller, by a delete of the same id, or by the end of the process. kInterrupted: the
// process that ran it ended before it did, as far as Azure shows; repeating the request goes on where it
// stands.
enum class OperationStatus { kRunning, kSucceeded, kFailed, kCancelled, kInterrupted };

// The upper-case word of the REST contract, such as "RUNNING".
DEV8AGENT_EXPORT std::string_view to_string(OperationStatus status);
// The status of such a word; none for any other text.
DEV8AGENT_EXPORT std::optional<OperationStatus> parse_operation_status(std::string_view word);

// One stage that an operation was in.
struct OperationStage {
  Stage stage = Stage::kQueued;
  WallTime started_at{};
  std::optional<WallTime> ended_at{};  // none: it is in it now

  bool operator==(const OperationStage&) const = default;
};

// The times are calendar times of whoever keeps the record.
struct OperationRecord {
  std::string id{};     // the signed text
  OperationId about{};  // what it says
  OperationStatus status = OperationStatus::kRunning;
  Progress progress{};  // the present stage; of an ended operation kDone
  // In the order in which they began. Empty in a record that was made from what Azure shows.
  std::vector<OperationStage> stages{};
  WallTime updated_at{};                     // when anything above last changed
  std::optional<Error> error{};              // of kFailed, kCancelled and kInterrupted
  std::optional<Environment> environment{};  // of kSucceeded, where there is one

  // Ended records do not change any more.
  bool ended() const { return status != OperationStatus::kRunning; }
};

// The record of an operation that has just been asked for: kRunning, in the stage kQueued since
// `about.created_at`. `about` must be what `id` says.
DEV8AGENT_EXPORT OperationRecord begin_record(std::string id, OperationId about);
// Enters a report. A new stage ends the present one at `now`. A stage that operations of this kind do not
// show, such as a deletion within a roll-back, becomes the detail of the present one. Ignored after
// note_end(), and when nothing has changed.
DEV8AGENT_EXPORT void note_progress(OperationRecord& record, Progress progress, WallTime now);
// Enters the end; `error` is null for a success. An error of code kCancelled makes it kCancelled.
// `environment` is what a success has brought; none for a delete. Only the first end counts.
DEV8AGENT_EXPORT void note_end(OperationRecord& record, const Error* error,
                               std::optional<Environment> environment, WallTime now);

}  // namespace DEV8AGENT_ABI
}  // namespace dev8agent
