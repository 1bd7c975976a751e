// REST bodies <-> structs: the JSON of the REST contract (docs/rest.md), for dev8-agentd and for programs
// that speak the same contract. Plain functions; any thread. Nothing is sent, and nothing is known about
// HTTP.
//
// Readers report every bad field at once: types, ranges and formats together, as kInvalidRequest with
// Error::fields. Members that the contract does not name are ignored. A body may have at most 1 MiB, 16
// levels and no member twice.
//
//   auto request = dev8agent::parse_create(body, orchestrator.settings());
//   if (!request.ok()) return answer(400, dev8agent::error_body(request.error(), request_id));
//   auto created = orchestrator.create(std::move(*request)).get();
//   if (!created.ok()) {
//     return answer(dev8agent::http_status(created.error().code),
//                   dev8agent::error_body(created.error(), request_id));
//   }
//   return answer(201, dev8agent::success_body("Environment created", dev8agent::to_json(*created)));
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dev8agent/container_log.h"
#include "dev8agent/diagnosis.h"
#include "dev8agent/environment.h"
#include "dev8agent/event.h"
#include "dev8agent/export.h"
#include "dev8agent/operation_record.h"
#include "dev8agent/options.h"
#include "dev8agent/orphan.h"
#include "dev8agent/region.h"
#include "dev8agent/result.h"

namespace dev8agent {
inline namespace DEV8AGENT_ABI {

// Builds one JSON object, member by member, in the order of the calls. Strings that are not UTF-8 have their
// bad bytes replaced by U+FFFD. Nothing checks that a name is used once.
//
//   JsonObject().field("page", 1).raw("items", "[]").str();  // {"page":1,"items":[]}
class DEV8AGENT_EXPORT JsonObject {
 public:
  // Each appends one member and returns this object.
  JsonObject& field(std::string_view name, std::string_view value);
  JsonObject& field(std::string_view name, const char* value) { return field(name, std::string_view(value)); }
  JsonObject& field(std::string_view name, std::int64_t value);
  JsonObject& field(std::string_view name, int value) { return field(name, std::int64_t{value}); }
  JsonObject& field(std::string_view name, bool value);
  // `json` is one well-formed JSON value.
  JsonObject& raw(std::string_view name, std::string_view json);
  // The object as it is now; more members may follow.
  std::string str() const { return "{" + members_ + "}"; }

 private:
  std::string members_;
};

// Well-formed by the contract's rules (1 MiB, depth, duplicates, encoding) or a kInvalidRequest whose message
// begins "Invalid request body" and names the offset.
DEV8AGENT_EXPORT Status check_json(std::string_view body);

// The create body. Checks the types, then every rule of the settings, and lists all errors together. Without
// workspaceId the id stays empty: the orchestrator makes one.
DEV8AGENT_EXPORT Result<CreateRequest> parse_create(std::string_view body, const AgentSettings& settings);

// The query parameters of a call about one environment as text, empty when absent. `force` and `snapshot` are
// "true" or "false" and count for a delete alone.
struct QueryValues {
  std::string cloud_region{};
  std::string force{};
  std::string snapshot{};
};

// The calls about one environment, in both forms of the contract. Path form: `path_id` is the id of the path,
// the body may be empty or hold cloudRegion, force (of a delete) and a workspaceId that must agree. Body
// form: `path_id` is empty, the body must have workspaceId, and cloudRegion comes from body or query. Where
// query and body name the same thing they must agree.
DEV8AGENT_EXPORT Result<StartRequest> parse_start(std::string_view path_id, const QueryValues& query,
                                                  std::string_view body, const AgentSettings& settings);
DEV8AGENT_EXPORT Result<StopRequest> parse_stop(std::string_view path_id, const QueryValues& query,
                                                std::string_view body, const AgentSettings& settings);
DEV8AGENT_EXPORT Result<DeleteRequest> parse_delete(std::string_view path_id, const QueryValues& query,
                                                    std::string_view body, const AgentSettings& settings);
DEV8AGENT_EXPORT Result<GetRequest> parse_get(std::string_view path_id, const QueryValues& query,
                                              const AgentSettings& settings);

// In path form alone, without force. The body is a JSON merge patch (RFC 7396) of name, baseImage, labels and
// idleStopMinutes: null removes, and so does an empty text for a label. A field that only a start changes is
// an error.
DEV8AGENT_EXPORT Result<UpdateRequest> parse_update(std::string_view path_id, const QueryValues& query,
                                                    std::string_view body, const AgentSettings& settings);

// The list's query parameters as text, empty when absent: then page 1 of 20 environments, without a filter.
// `label` is "name:value", or several with commas.
struct ListQuery {
  std::string user_id{}, cloud_region{}, status{}, page{}, page_size{}, label{}, cursor{};
};
// The list's query.
DEV8AGENT_EXPORT Result<ListRequest> parse_list(const ListQuery& query, const AgentSettings& settings);

// The log's query parameters as text, empty when absent.
struct LogsQuery {
  std::string cloud_region{}, container{}, tail{}, timestamps{}, follow{};
};
// What they ask for.
struct LogsQuestion {
  LogsRequest request{};
  bool follow = false;
};
// The log's query, of the environment `path_id`.
DEV8AGENT_EXPORT Result<LogsQuestion> parse_logs(std::string_view path_id, const LogsQuery& query,
                                                 const AgentSettings& settings);

// The query parameter olderThanMinutes as text, empty when absent.
DEV8AGENT_EXPORT Result<OrphansRequest> parse_orphans(const std::string& older_than_minutes);
// The body of a sweep, which may be empty.
DEV8AGENT_EXPORT Result<SweepRequest> parse_sweep(std::string_view body);

// The activity body, of the workspace `path_id`. `now` stands in for a missing timestamp. A snapshot is
// required; its members are not: absent counts are 0.
DEV8AGENT_EXPORT Result<ActivityReport> parse_activity(std::string_view path_id, std::string_view body,
                                                       WallTime now);

// JSON values for `data` of success_body(). An outcome is its environment; connectionUrls.codeServerPassword
// is there when the outcome has a password. That is the only secret that any of them shows.
DEV8AGENT_EXPORT std::string to_json(const Environment& environment);
DEV8AGENT_EXPORT std::string to_json(const EnvironmentOutcome& outcome);
DEV8AGENT_EXPORT std::string to_json(const EnvironmentPage& page);
DEV8AGENT_EXPORT std::string to_json(const ActivityReport& report);
DEV8AGENT_EXPORT std::string to_json(const EnvironmentEvent& event);
DEV8AGENT_EXPORT std::string to_json(const ContainerLog& log);
// The list that `data.events` is.
DEV8AGENT_EXPORT std::string to_json(const std::vector<EnvironmentEvent>& events);
// {"restorableUntil":...}, {"kept":...}, or {} where files are neither restorable nor kept.
DEV8AGENT_EXPORT std::string to_json(const Deletion& deletion);
DEV8AGENT_EXPORT std::string to_json(const KeptFiles& kept);
// The list that `data.orphans` is.
DEV8AGENT_EXPORT std::string to_json(const std::vector<Orphan>& orphans);
// The list that `data.regions` is.
DEV8AGENT_EXPORT std::string to_json(const std::vector<Region>& regions);
// {"cpuCores":...,"memoryGB":...,"storageGB":...}: what `data.limits` is, beside the regions.
DEV8AGENT_EXPORT std::string to_json(const SizeLimits& limits);
// {"healthy":...,"checks":[{"subject","verdict","code","detail","remedy"}],"missingActions":[...],
// "roleDefinition":{...}}. A check that passed has neither code nor remedy; the role is there when an action
// is missing.
DEV8AGENT_EXPORT std::string to_json(const Diagnosis& diagnosis);
// `password`, unless it is empty, is shown with the environment's connectionUrls.
DEV8AGENT_EXPORT std::string to_json(const OperationRecord& record, std::string_view password = {});

// {"success":true,"message":...,"data":...}. `data` is one JSON value; an empty one is left out.
DEV8AGENT_EXPORT std::string success_body(std::string_view message, std::string_view data);

// {"success":false,"error":category,"message":...,"code":"ERR_409","reason":...,"requestId":...,
//  "remedy":...,"help":...,"details":...}.
// `status` is the HTTP status of the answer; 0 takes http_status(error.code). `requestId` and `details` are
// left out when there is nothing to say; "retryable":true is added where it is so. `remedy` and `help` are
// those of failure_guide.h. `details` are the fields of kInvalidRequest, else Azure's status, code and
// request id, the container's last events and the end of its log.
DEV8AGENT_EXPORT std::string error_body(const Error& error, std::string_view request_id, int status = 0);

// RFC 3339 in UTC with milliseconds, such as "2026-01-15T08:30:00.000Z".
DEV8AGENT_EXPORT std::string format_time(WallTime time);

}  // namespace DEV8AGENT_ABI
}  // namespace dev8agent
