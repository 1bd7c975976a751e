// Endpoints about events: of one environment, and of many in one stream.
#include <algorithm>
#include <utility>

#include "await_operation.h"
#include "dev8agent/wire.h"
#include "endpoints.h"
#include "event_selection.h"
#include "http_text.h"

namespace dev8agentd {
namespace {

using dev8agent::EnvironmentEvent;
using dev8agent::Error;
using dev8agent::ErrorCode;
using dev8agent::EventPage;
using dev8agent::JsonObject;
using dev8agent::make_error;

constexpr CallKind kEvents{"events", std::chrono::seconds(85), &Agent::reads};
constexpr const char* kSignOfLife = ": still there\n\n";
constexpr std::size_t kBound = std::size_t{64} << 10;

bool wants_stream(const Request& request) {
  return lower_case(request.header("Accept")).find("text/event-stream") != std::string::npos;
}

Response as_json(const std::vector<EnvironmentEvent>& events) {
  return {.body = dev8agent::success_body("Events, oldest first",
                                          JsonObject().raw("events", to_json(events)).str())};
}

// The stages of this process's own operations on an environment.
std::vector<EnvironmentEvent> own_stages(const std::string& id, std::chrono::milliseconds azure_ahead,
                                         Agent& agent) {
  std::vector<EnvironmentEvent> events;
  for (const auto& record : agent.operation_table.list(id)) {
    for (EnvironmentEvent& event : stage_events(record, azure_ahead)) events.push_back(std::move(event));
  }
  return events;
}

Response with_stages(const EventPage& page, EventCursor cursor, Agent& agent) {
  std::vector<EnvironmentEvent> events = page.events;
  for (EnvironmentEvent& event : own_stages(page.environment_id, page.azure_ahead, agent))
    events.push_back(std::move(event));
  dev8agent::sort_events(events);
  std::erase_if(events, [&](const EnvironmentEvent& event) { return cursor.has_told(event.id); });
  return as_json(events);
}

// From the header. An error when it is malformed.
dev8agent::Result<EventCursor> read_cursor(const Request& request) {
  auto cursor = EventCursor::read(request.header("Last-Event-ID"));
  if (cursor) return std::move(*cursor);
  return dev8agent::invalid_request({{"Last-Event-ID", "must be the id of an event"}});
}

// Whoever asks while Azure is silent, or while the agent shuts down.
Response not_ready(const std::string& request_id, const Agent& agent) {
  if (agent.draining) return shutting_down(request_id);
  return error_response(make_error(ErrorCode::kTimeout, "Azure has not shown the events in time; ask again"),
                        request_id);
}

Response begin_stream(const std::shared_ptr<EventSelection>& selection, const std::shared_ptr<Stream>& stream,
                      Agent& agent) {
  agent.events.begin(selection->reader(), stream);
  stream->keep(selection);
  return {.headers = {{"X-Accel-Buffering", "no"}}, .content_type = "text/event-stream", .stream = stream};
}

// The answer follows when all environments have been looked at.
Reply read_events(const Request& request, std::shared_ptr<EventSelection> selection,
                  std::string environment_id, Agent& agent) {
  Admission::Place place(agent.followers);
  if (!place.granted()) return too_many_callers(request);
  std::shared_ptr<Stream> stream;
  if (wants_stream(request)) {
    stream = agent.streams.open(kSignOfLife, kBound);
    if (!stream) return too_many_callers(request);
  }
  const auto patience = std::min(kEvents.patience, agent.settings.request_timeout);
  return Pending{.environment_id = std::move(environment_id),
                 .place = std::move(place),
                 .deadline = std::chrono::steady_clock::now() + patience,
                 .on_end = [selection](std::function<void()> notify) { selection->start(std::move(notify)); },
                 .answer =
                     [selection, stream, &agent, request_id = request.id] {
                       if (!selection->ready()) return not_ready(request_id, agent);
                       if (const auto error = selection->error()) return error_response(*error, request_id);
                       if (stream) return begin_stream(selection, stream, agent);
                       return as_json(agent.events.take_first_events(*selection->reader()));
                     }};
}

}  // namespace

Reply show_events(const Request& request, Agent& agent) {
  auto parsed =
      dev8agent::parse_get(request.path_id, {.cloud_region = request.query_value("cloudRegion"), .force = ""},
                           agent.orchestrator.settings());
  if (!parsed.ok()) return error_response(parsed.error(), request.id);
  auto cursor = read_cursor(request);
  if (!cursor.ok()) return error_response(cursor.error(), request.id);
  if (wants_stream(request)) {
    auto selection = std::make_shared<EventSelection>(agent, std::move(*cursor));
    selection->select({parsed->id, parsed->cloud_region}, request.user);
    return read_events(request, std::move(selection), parsed->id, agent);
  }
  return await_operation(
      agent, request, kEvents, parsed->id,
      [&](dev8agent::CallOptions options) {
        return agent.orchestrator.events({parsed->id, parsed->cloud_region}, std::move(options));
      },
      [cursor = *cursor, &agent](const EventPage& page) { return with_stages(page, cursor, agent); });
}

Reply show_many_events(const Request& request, Agent& agent) {
  auto cursor = read_cursor(request);
  if (!cursor.ok()) return error_response(cursor.error(), request.id);
  auto selection = std::make_shared<EventSelection>(agent, std::move(*cursor));
  std::string user_id = request.query_value("userId");
  if (auto refused = claim_for_user(request, user_id)) return *refused;
  const auto selected = selection->select(user_id, request.query_value("environmentId"));
  if (!selected.ok()) return error_response(selected.error(), request.id);
  return read_events(request, std::move(selection), "", agent);
}

}  // namespace dev8agentd
