// An operation of a daemon: watched by long polls, with the environment's events beside them.
#include <algorithm>
#include <utility>

#include "dev8ctl/agent_tasks.h"

namespace dev8ctl {
namespace {

using dev8agent::Error;
using dev8agent::ErrorCode;
using dev8agent::make_error;
using dev8agent::Result;
using std::chrono::steady_clock;

constexpr auto kPatience = std::chrono::seconds(60);  // for an agent that does not answer
constexpr auto kPause = std::chrono::seconds(1);

class OperationTask final : public Task {
 public:
  // `operation` as the daemon has accepted it, `path` where it is found.
  OperationTask(HttpClient& client, Call call, std::string path, const Json& operation)
      : client_(client), path_(std::move(path)), call_(std::move(call)) {
    take(operation);
    poll();
  }

  bool wait_for(milliseconds time) override {
    if (result_) return true;
    client_.drive(time);
    if (poll_ && poll_->ended()) take_poll();
    if (!result_ && !poll_ && steady_clock::now() >= next_poll_) poll();
    if (call_.verb != Verb::kDelete && begun_) keep_watching();
    if (cancelling_ && cancelling_->ended()) take_cancel();
    if (cancel_wanted_ && !cancelling_ && steady_clock::now() >= next_cancel_) {
      cancelling_ = client_.send({.method = "POST", .target = path_ + "/cancel"});
    }
    return result_.has_value();
  }
  Snapshot snapshot() override { return snapshot_; }
  void cancel() override {
    if (call_.verb == Verb::kCreate || call_.verb == Verb::kStart) {
      cancel_wanted_ = true;
    } else if (!result_) {
      result_.emplace(make_error(ErrorCode::kCancelled,
                                 "a stop or delete cannot be taken back; the agent goes on with it"));
    }
  }
  Result<std::string> outcome() override { return std::move(*result_); }

 private:
  void poll() {
    // Without a tag there is nothing yet that a change could be measured by.
    HttpRequestText request{.method = "GET", .target = path_ + (tag_.empty() ? "" : "?wait=30")};
    if (!tag_.empty()) request.headers = {"If-None-Match: " + tag_};
    poll_ = client_.send(std::move(request));
  }

  // The container's events; without them the stages are shown alone. What is created may not be there yet,
  // and a stream may break: then it is opened again.
  void keep_watching() {
    if (events_ && events_->ended()) {
      events_.reset();
      next_watch_ = steady_clock::now() + kPause;
    }
    if (!events_ && steady_clock::now() >= next_watch_) watch();
  }
  void watch() {
    stream_ = EventStream();
    HttpRequestText request{.method = "GET",
                            .target = "/api/v1/environments/" + encoded(call_.id) + "/events"};
    request.headers = {"Accept: text/event-stream"};
    request.on_data = [this](std::string_view text) {
      for (const std::string& event : stream_.push(text)) note_event(event);
    };
    events_ = client_.send(std::move(request));
  }
  void note_event(const std::string& text) {
    const auto event = parse_json(text);
    if (!event.ok()) return;  // a line of a later version
    const auto time = parse_time(text_at(*event, "time"));
    if (time && *time + kEventResolution > began_) add_event(snapshot_, *event);
  }

  void take_poll() {
    const auto exchange = std::move(poll_);
    next_poll_ = steady_clock::now();
    if (exchange->failure().empty() && exchange->status() == 304) return answered();
    auto data = answer_of(*exchange);
    if (!data.ok()) return poll_failed(data.error());
    answered();
    tag_ = exchange->header("etag");
    take(member(*data, "operation"));
  }
  void answered() { last_answer_ = steady_clock::now(); }
  // An agent that restarts, or a network that is gone for a moment, is waited for.
  void poll_failed(Error error) {
    const bool lasting = is_lasting(error.code) || steady_clock::now() - last_answer_ > kPatience;
    if (!lasting) {
      next_poll_ = steady_clock::now() + kPause;
      return;
    }
    error.message += "; the operation goes on, and `dev8ctl get " + call_.id + "` shows how it ended";
    result_.emplace(std::move(error));
  }
  static bool is_lasting(ErrorCode code) {
    return code == ErrorCode::kNotFound || code == ErrorCode::kUnauthorized || code == ErrorCode::kForbidden;
  }

  void take(const Json& operation) {
    auto events = std::move(snapshot_.events);
    snapshot_ = snapshot_of(operation);
    snapshot_.events = std::move(events);
    began_ = parse_time(text_at(operation, "createdAt")).value_or(milliseconds(0));
    // Before its first stage the agent knows nothing of the environment.
    begun_ = text_at(operation, "stage") != "queued";
    const std::string status = text_at(operation, "status");
    if (status == "RUNNING") return;
    if (status == "SUCCEEDED") {
      const Json& environment = member(operation, "environment");
      result_.emplace(environment.IsNull() ? std::string() : compact(environment));
    } else if (const Json& error = member(operation, "error"); error.IsObject()) {
      result_.emplace(error_of(error));
    } else if (status == "CANCELLED") {
      result_.emplace(make_error(ErrorCode::kCancelled, "the operation was cancelled"));
    } else {
      result_.emplace(make_error(ErrorCode::kAzureUnavailable,
                                 "the agent that ran the operation ended before it did; repeat the command, "
                                 "and it goes on where it stands"));
    }
  }

  // A conflict says that the operation has ended just now; the poll tells how.
  void take_cancel() {
    const auto exchange = std::move(cancelling_);
    const auto data = answer_of(*exchange);
    cancel_wanted_ = !data.ok() && data.error().code != ErrorCode::kConflict;
    next_cancel_ = steady_clock::now() + kPause;
  }

  HttpClient& client_;
  const std::string path_;
  Call call_;
  std::string tag_;
  EventStream stream_;
  Snapshot snapshot_;
  milliseconds began_{0};
  bool begun_ = false, cancel_wanted_ = false;
  steady_clock::time_point next_poll_{}, next_watch_{}, next_cancel_{}, last_answer_ = steady_clock::now();
  std::optional<Result<std::string>> result_;
  std::unique_ptr<HttpExchange> poll_, events_, cancelling_;
};

}  // namespace

Result<std::unique_ptr<Task>> change_at_agent(HttpClient& client, Call call) {
  HttpRequestText request{.method = method_of(call.verb), .target = target_of(call)};
  request.headers = {"Prefer: respond-async"};
  request.body = std::move(call.body);
  const auto exchange = client.fetch(std::move(request));
  auto data = answer_of(*exchange);
  if (!data.ok()) return data.error();
  const std::string path = exchange->header("operation-location");
  if (path.starts_with('/')) {
    return std::unique_ptr<Task>(
        std::make_unique<OperationTask>(client, std::move(call), path, member(*data, "operation")));
  }
  return make_error(ErrorCode::kAzureUnavailable, "the agent has not named the operation that it began");
}

}  // namespace dev8ctl
