// The endpoint of container logs: the last lines, as text or JSON, or a stream of what is added.
#include <algorithm>
#include <mutex>
#include <utility>

#include "await_operation.h"
#include "dev8agent/wire.h"
#include "endpoints.h"
#include "http_text.h"

namespace dev8agentd {
namespace {

using dev8agent::ContainerLog;
using dev8agent::Done;
using dev8agent::JsonObject;
using dev8agent::LogsRequest;
using dev8agent::Operation;

constexpr CallKind kLogs{"logs", std::chrono::seconds(85), &Agent::reads};
constexpr const char* kText = "text/plain; charset=utf-8";
constexpr std::size_t kBound = std::size_t{1} << 20;

// What programs print is nothing that a browser should take for a page.
Response as_text(std::string text) {
  return {.body = std::move(text), .headers = {{"X-Content-Type-Options", "nosniff"}}, .content_type = kText};
}

Response as_json(const ContainerLog& log) {
  return {.body =
              dev8agent::success_body("The container's log", JsonObject().raw("logs", to_json(log)).str())};
}

// One caller who follows a log: belongs to the stream, and ends the reading with it.
class LogReading {
 public:
  LogReading(const std::shared_ptr<Stream>& stream, Agent& agent) : stream_(stream), agent_(agent) {}
  ~LogReading() {
    if (operation_) operation_->cancel();
  }
  LogReading(const LogReading&) = delete;

  // `only_user` as in CallOptions. `notify` is called once, from any thread, when there are lines or the
  // reason why there are none.
  void start(LogsRequest request, const std::string& only_user, std::function<void()> notify) {
    auto tell = [once = std::make_shared<std::once_flag>(), notify = std::move(notify)] {
      std::call_once(*once, notify);
    };
    const auto on_text = [stream = stream_, ready = ready_, tell](std::string_view text) {
      if (const auto open = stream.lock()) open->push(std::string(text));
      *ready = true;
      tell();
    };
    operation_ = agent_.orchestrator.follow_logs(std::move(request), on_text, {.only_user = only_user});
    operation_->on_done([stream = stream_, tell](const auto&) {
      if (const auto open = stream.lock()) open->close();
      tell();
    });
  }
  // The error when there was nothing to follow.
  std::optional<dev8agent::Error> failure() const {
    const bool failed = !*ready_ && operation_->done() && !operation_->get().ok();
    return failed ? std::optional(operation_->get().error()) : std::nullopt;
  }

 private:
  const std::weak_ptr<Stream> stream_;
  Agent& agent_;
  const std::shared_ptr<std::atomic<bool>> ready_ = std::make_shared<std::atomic<bool>>(false);
  std::optional<Operation<Done>> operation_;
};

// The head goes out with the first lines, or after a while without any.
Response begin_following(const std::shared_ptr<LogReading>& reading, const std::shared_ptr<Stream>& stream,
                         const std::string& request_id, const Agent& agent) {
  if (const auto error = reading->failure()) return error_response(*error, request_id);
  if (agent.draining) return shutting_down(request_id);
  stream->keep(reading);
  Response response = as_text("");
  response.headers.push_back({"X-Accel-Buffering", "no"});
  response.stream = stream;
  return response;
}

Reply follow(const Request& request, LogsRequest asked, Agent& agent) {
  Admission::Place place(agent.followers);
  if (!place.granted()) return too_many_callers(request);
  const auto stream = agent.streams.open("", kBound);
  if (!stream) return too_many_callers(request);
  const auto reading = std::make_shared<LogReading>(stream, agent);
  const auto patience = std::min(kLogs.patience, agent.settings.request_timeout);
  return Pending{
      .environment_id = asked.id,
      .place = std::move(place),
      .deadline = std::chrono::steady_clock::now() + patience,
      .on_end = [reading, asked, user = request.user](
                    std::function<void()> notify) { reading->start(asked, user, std::move(notify)); },
      .answer = [reading, stream, request_id = request.id,
                 &agent] { return begin_following(reading, stream, request_id, agent); }};
}

}  // namespace

Reply show_logs(const Request& request, Agent& agent) {
  const dev8agent::LogsQuery query = {request.query_value("cloudRegion"), request.query_value("container"),
                                      request.query_value("tail"), request.query_value("timestamps"),
                                      request.query_value("follow")};
  auto parsed = parse_logs(request.path_id, query, agent.orchestrator.settings());
  if (!parsed.ok()) return error_response(parsed.error(), request.id);
  if (parsed->follow) return follow(request, std::move(parsed->request), agent);
  const bool json = lower_case(request.header("Accept")).find("application/json") != std::string::npos;
  const std::string id = parsed->request.id;
  return await_operation(
      agent, request, kLogs, id,
      [&](dev8agent::CallOptions options) {
        return agent.orchestrator.logs(std::move(parsed->request), std::move(options));
      },
      [json](const ContainerLog& log) { return json ? as_json(log) : as_text(log.content); });
}

}  // namespace dev8agentd
