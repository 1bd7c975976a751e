// Endpoints about events: of one environment, and of many in one stream.
#include <algorithm>
#include <mutex>
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
constexpr std::chrono::seconds kHeadOfMany{5};  // when a stream of many begins at the latest
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
  for (const auto& record : agent.operation_table.list({.environment_id = id}).records) {
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
  Error error = make_error(ErrorCode::kTimeout, "Azure has not shown the events in time; ask again");
  error.retryable = true;
  return error_response(error, request_id);
}

// A caller's stream of events, whose head goes out when its environments have been looked at, or before that
// when they are many: proxies and clients give up an answer that has not begun. Any thread.
class Opening {
 public:
  Opening(std::shared_ptr<EventSelection> selection, std::shared_ptr<Stream> stream, std::string request_id,
          Agent& agent)
      : selection_(std::move(selection)),
        stream_(std::move(stream)),
        request_id_(std::move(request_id)),
        agent_(agent) {}

  // All have been looked at. False: the head has gone out already, and the events follow from here.
  bool looked() {
    {
      std::lock_guard lock(mutex_);
      looked_ = true;
      if (!headed_) return true;
    }
    // The status has been sent, so a comment tells the error, and the stream ends; the client asks again.
    if (const auto error = selection_->error()) {
      stream_->push(": " + dev8agent::error_body(*error, request_id_, http_status(error->code)) + "\n\n");
      stream_->close();
    } else {
      agent_.events.begin(selection_->reader(), stream_);
    }
    return false;
  }
  // The answer, now: of many also when they have not been looked at yet.
  Response answer(bool many) {
    {
      std::lock_guard lock(mutex_);
      headed_ = many && !looked_ && !agent_.draining;
      if (headed_) return head();
    }
    if (!selection_->ready()) return not_ready(request_id_, agent_);
    if (const auto error = selection_->error()) return error_response(*error, request_id_);
    agent_.events.begin(selection_->reader(), stream_);
    return head();
  }

 private:
  Response head() {
    stream_->keep(selection_);
    return {.headers = {{"X-Accel-Buffering", "no"}}, .content_type = "text/event-stream", .stream = stream_};
  }

  const std::shared_ptr<EventSelection> selection_;
  const std::shared_ptr<Stream> stream_;
  const std::string request_id_;
  Agent& agent_;
  std::mutex mutex_;  // guards the rest
  bool looked_ = false;
  bool headed_ = false;
};

// The answer follows when all environments have been looked at.
Reply answer_later(std::string environment_id, Admission::Place place, std::chrono::seconds patience,
                   std::function<void(std::function<void()>)> begin, std::function<Response()> answer,
                   const Agent& agent) {
  const auto span = std::min(patience, agent.settings.request_timeout);
  return Pending{.environment_id = std::move(environment_id),
                 .place = std::move(place),
                 .deadline = std::chrono::steady_clock::now() + span,
                 .on_end = std::move(begin),
                 .answer = std::move(answer)};
}

Reply read_events(const Request& request, std::shared_ptr<EventSelection> selection,
                  std::string environment_id, Agent& agent) {
  Admission::Place place(agent.followers);
  if (!place.granted()) return too_many_callers(request);
  const bool many = environment_id.empty();
  if (!wants_stream(request)) {
    return answer_later(
        std::move(environment_id), std::move(place), kEvents.patience,
        [selection](std::function<void()> notify) { selection->start(std::move(notify)); },
        [selection, &agent, request_id = request.id] {
          if (!selection->ready()) return not_ready(request_id, agent);
          if (const auto error = selection->error()) return error_response(*error, request_id);
          return as_json(agent.events.take_first_events(*selection->reader()));
        },
        agent);
  }
  auto stream = agent.streams.open(kSignOfLife, kBound);
  if (!stream) return too_many_callers(request);
  auto opening = std::make_shared<Opening>(selection, std::move(stream), request.id, agent);
  return answer_later(
      std::move(environment_id), std::move(place), many ? kHeadOfMany : kEvents.patience,
      [selection, opening](std::function<void()> notify) {
        selection->start([opening, notify = std::move(notify)] {
          if (opening->looked()) notify();
        });
      },
      [opening, many] { return opening->answer(many); }, agent);
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
