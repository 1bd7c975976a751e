// OperationRecord: what is known of one operation, for whoever follows it: status, stages with their times,
// error and environment. Kept by the process that runs it with note_progress() and note_end(); made from what
// Azure shows by EnvironmentOrchestrator::observe_operation(). Plain values; any thread, one at a time.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dev8agent/environment.h"
#include "dev8agent/error.h"
#include "dev8agent/export.h"
#include "dev8agent/operation.h"
#include "dev8agent/operation_id.h"

namespace dev8agent {

enum class OperationStatus { kRunning, kSucceeded, kFailed, kCancelled, kInterrupted };

// The upper-case word of the REST contract, such as "RUNNING".
DEV8AGENT_EXPORT std::string_view to_string(OperationStatus status);
// The status of such a word; none for any other text.
DEV8AGENT_EXPORT std::optional<OperationStatus> parse_operation_status(std::string_view word);

// One stage that an operation was in.
struct OperationStage {
  std::string name{};
  WallTime started_at{};
  std::optional<WallTime> ended_at{};  // none: it is in it now

  bool operator==(const OperationStage&) const = default;
};

struct OperationRecord {
  std::string id{};     // the signed text
  OperationId about{};  // what it says
  OperationStatus status = OperationStatus::kRunning;
  Progress progress{"queued", ""};  // the present stage; of an ended operation "done"
  // In the order in which they began. Empty in a record that was made from what Azure shows.
  std::vector<OperationStage> stages{};
  WallTime updated_at{};
  std::optional<Error> error{};              // of kFailed, kCancelled and kInterrupted
  std::optional<Environment> environment{};  // of kSucceeded, where there is one

  bool ended() const { return status != OperationStatus::kRunning; }
};

// The record of an operation that has just been asked for.
DEV8AGENT_EXPORT OperationRecord begin_record(std::string id, OperationId about);
// Enters a report. A stage that operations of this kind do not show, such as a deletion within a roll-back,
// becomes the detail of the present one.
DEV8AGENT_EXPORT void note_progress(OperationRecord& record, Progress progress, WallTime now);
// Enters the end; `error` is null for a success. An error of code kCancelled makes it kCancelled.
DEV8AGENT_EXPORT void note_end(OperationRecord& record, const Error* error,
                               std::optional<Environment> environment, WallTime now);

}  // namespace dev8agent
