// Records of operations: which stages each kind shows, and what an end means.
#include "dev8agent/operation_record.h"

#include <algorithm>
#include <array>
#include <utility>

namespace dev8agent {
inline namespace DEV8AGENT_ABI {

using namespace internal;
namespace {

constexpr std::array<std::string_view, 5> kStatusWords = {"RUNNING", "SUCCEEDED", "FAILED", "CANCELLED",
                                                          "INTERRUPTED"};
constexpr std::array kCreateStages = {
    Stage::kQueued,       Stage::kLocating,      Stage::kCreatingShare, Stage::kCreatingContainer,
    Stage::kProvisioning, Stage::kWaitingForIde, Stage::kRollingBack};
constexpr std::array kStartStages = {Stage::kQueued,     Stage::kLocating,     Stage::kCreatingContainer,
                                     Stage::kStarting,   Stage::kProvisioning, Stage::kWaitingForIde,
                                     Stage::kRollingBack};
constexpr std::array kStopStages = {Stage::kQueued, Stage::kLocating, Stage::kStopping};
constexpr std::array kDeleteStages = {Stage::kQueued, Stage::kLocating, Stage::kDeletingContainer,
                                      Stage::kDeletingShare};

template <class Stages>
bool contains(const Stages& stages, Stage stage) {
  return std::find(stages.begin(), stages.end(), stage) != stages.end();
}

bool shows_stage(OperationKind kind, Stage stage) {
  switch (kind) {
    case OperationKind::kCreate:
      return contains(kCreateStages, stage);
    case OperationKind::kStart:
      return contains(kStartStages, stage);
    case OperationKind::kStop:
      return contains(kStopStages, stage);
    case OperationKind::kDelete:
      return contains(kDeleteStages, stage);
  }
  return false;
}

void enter_stage(OperationRecord& record, Stage stage, WallTime now) {
  if (!record.stages.empty()) {
    if (record.stages.back().stage == stage) return;
    record.stages.back().ended_at = now;
  }
  record.stages.push_back({stage, now, std::nullopt});
}

OperationStatus status_of_end(const Error* error) {
  if (error == nullptr) return OperationStatus::kSucceeded;
  return error->code == ErrorCode::kCancelled ? OperationStatus::kCancelled : OperationStatus::kFailed;
}

}  // namespace

std::string_view to_string(OperationStatus status) {
  return kStatusWords[static_cast<std::size_t>(status)];
}

std::optional<OperationStatus> parse_operation_status(std::string_view word) {
  const auto found = std::find(kStatusWords.begin(), kStatusWords.end(), word);
  if (found == kStatusWords.end()) return std::nullopt;
  return static_cast<OperationStatus>(found - kStatusWords.begin());
}

OperationRecord begin_record(std::string id, OperationId about) {
  OperationRecord record;
  record.id = std::move(id);
  record.updated_at = about.created_at;
  record.stages.push_back({record.progress.stage, about.created_at, std::nullopt});
  record.about = std::move(about);
  return record;
}

void note_progress(OperationRecord& record, Progress progress, WallTime now) {
  if (record.ended()) return;
  if (!shows_stage(record.about.kind, progress.stage)) {
    if (progress.detail.empty()) progress.detail = to_string(progress.stage);
    progress.stage = record.progress.stage;
  }
  if (progress == record.progress) return;
  enter_stage(record, progress.stage, now);
  record.progress = std::move(progress);
  record.updated_at = now;
}

void note_end(OperationRecord& record, const Error* error, std::optional<Environment> environment,
              WallTime now) {
  if (record.ended()) return;
  enter_stage(record, Stage::kDone, now);
  record.stages.back().ended_at = now;
  record.status = status_of_end(error);
  record.progress = {Stage::kDone, error == nullptr ? "" : error->message};
  if (error != nullptr) record.error = *error;
  record.environment = std::move(environment);
  record.updated_at = now;
}

}  // namespace DEV8AGENT_ABI
}  // namespace dev8agent
