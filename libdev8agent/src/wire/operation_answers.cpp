// Operation records into REST bodies.
#include "dev8agent/failure_guide.h"
#include "dev8agent/operation_record.h"
#include "dev8agent/wire.h"
#include "wire/error_details.h"

namespace dev8agent {
inline namespace DEV8AGENT_ABI {

using namespace internal;
namespace {

std::string time_or_null(const std::optional<WallTime>& time) {
  return time ? "\"" + format_time(*time) + "\"" : "null";
}

std::string stages_json(const std::vector<OperationStage>& stages) {
  std::string items;
  for (const OperationStage& stage : stages) {
    items += items.empty() ? "" : ",";
    items += JsonObject()
                 .field("name", to_string(stage.stage))
                 .field("startedAt", format_time(stage.started_at))
                 .raw("endedAt", time_or_null(stage.ended_at))
                 .str();
  }
  return "[" + items + "]";
}

std::string error_json(const Error& error) {
  const std::string details = wire::details_of(error);
  return JsonObject()
      .field("reason", to_string(error.code))
      .field("message", error.message)
      .field("code", "ERR_" + std::to_string(http_status(error.code)))
      .raw("details", details.empty() ? "[]" : details)
      .field("retryable", error.retryable)
      .field("remedy", remedy_of(error))
      .field("help", help_link(to_string(error.code)))
      .str();
}

std::string environment_json(const OperationRecord& record, std::string_view password) {
  if (!record.environment) return "null";
  EnvironmentOutcome outcome;
  outcome.environment = *record.environment;
  outcome.code_server_password = Secret(password);
  return to_json(outcome);
}

// Where the environment is, as far as that is known.
std::string region_json(const OperationRecord& record) {
  std::string region = record.about.cloud_region == "auto" ? "" : record.about.cloud_region;
  if (record.environment) region = record.environment->cloud_region;
  return region.empty() ? "null" : "\"" + region + "\"";
}

}  // namespace

std::string to_json(const OperationRecord& record, std::string_view password) {
  const bool failed = record.status == OperationStatus::kFailed && record.error;
  JsonObject object;
  object.field("id", record.id)
      .field("kind", to_string(record.about.kind))
      .field("environmentId", record.about.environment_id)
      .raw("cloudRegion", region_json(record))
      .field("status", to_string(record.status))
      .field("stage", to_string(record.progress.stage))
      .field("detail", record.progress.detail)
      .field("attempt", record.progress.attempt)
      .raw("nextAttemptAt", time_or_null(record.progress.next_attempt_at))
      .raw("stages", stages_json(record.stages))
      .field("createdAt", format_time(record.about.created_at))
      .field("updatedAt", format_time(record.updated_at))
      .raw("error", failed ? error_json(*record.error) : "null")
      .raw("environment", environment_json(record, password));
  return object.str();
}

}  // namespace DEV8AGENT_ABI
}  // namespace dev8agent
