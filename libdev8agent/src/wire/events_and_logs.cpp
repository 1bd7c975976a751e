// Events and logs: query parameters to requests, and results to REST bodies.
#include "base/text.h"
#include "dev8agent/wire.h"
#include "plan/validate.h"

namespace dev8agent {
inline namespace DEV8AGENT_ABI {

using namespace internal;
namespace {

std::optional<bool> read_flag(const std::string& text, std::string_view name,
                              std::vector<FieldError>& errors) {
  if (text.empty() || text == "false") return false;
  if (text == "true") return true;
  errors.push_back({std::string(name), "must be true or false"});
  return std::nullopt;
}

// 0, which no rule allows, for what is no such number.
int read_tail(const std::string& text, int otherwise) {
  if (text.empty()) return otherwise;
  const auto number = parse_unsigned(text);
  return number && *number <= plan::kLogTail.high ? static_cast<int>(*number) : 0;
}

}  // namespace

Result<LogsQuestion> parse_logs(std::string_view path_id, const LogsQuery& query,
                                const AgentSettings& settings) {
  LogsQuestion question;
  LogsRequest& request = question.request;
  request.id = path_id;
  request.cloud_region = query.cloud_region;
  request.container = query.container;
  request.tail = read_tail(query.tail, request.tail);
  std::vector<FieldError> errors = plan::check(request, settings);
  request.timestamps = read_flag(query.timestamps, "timestamps", errors).value_or(false);
  question.follow = read_flag(query.follow, "follow", errors).value_or(false);
  if (!errors.empty()) return invalid_request(std::move(errors));
  return question;
}

std::string to_json(const EnvironmentEvent& event) {
  return JsonObject()
      .field("id", event.id)
      .field("environmentId", event.environment_id)
      .field("time", format_time(event.time))
      .field("type", to_string(event.type))
      .field("name", event.name)
      .field("message", event.message)
      .field("count", event.count)
      .field("source", to_string(event.source))
      .str();
}

std::string to_json(const std::vector<EnvironmentEvent>& events) {
  std::string items;
  for (const EnvironmentEvent& event : events) items += (items.empty() ? "" : ",") + to_json(event);
  return "[" + items + "]";
}

std::string to_json(const ContainerLog& log) {
  return JsonObject()
      .field("container", log.container)
      .field("content", log.content)
      .field("truncated", log.truncated)
      .str();
}

}  // namespace DEV8AGENT_ABI
}  // namespace dev8agent
