// Restart, restore, update and streams of a daemon.
#include "dev8ctl/agent_tasks.h"

#include <utility>

#include "dev8ctl/outcome.h"

namespace dev8ctl {
namespace {

using dev8agent::ErrorCode;
using dev8agent::make_error;
using dev8agent::Result;

const char* stage_of(Verb verb) {
  if (verb == Verb::kRestore) return "restoring-share";
  return verb == Verb::kUpdate ? "updating" : "restarting";
}

class WaitTask final : public Task {
 public:
  WaitTask(HttpClient& client, const Call& call) : client_(client) {
    HttpRequestText request{.method = method_of(call.verb), .target = target_of(call)};
    request.body = call.body.copy();
    exchange_ = client.send(std::move(request));
    snapshot_.stages.push_back({stage_of(call.verb), milliseconds(0), {}});
  }
  bool wait_for(milliseconds time) override {
    if (!exchange_->ended()) client_.drive(time);
    return exchange_->ended() || left_;
  }
  Snapshot snapshot() override {
    StageTime& stage = snapshot_.stages.front();
    if (exchange_->ended() && !stage.ended)
      stage.ended = std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - begin_);
    return snapshot_;
  }
  // Neither can be taken back.
  void cancel() override { left_ = true; }
  Result<std::string> outcome() override {
    if (!exchange_->ended()) {
      return make_error(ErrorCode::kCancelled, "this cannot be taken back; the agent goes on with it");
    }
    auto data = answer_of(*exchange_);
    if (!data.ok()) return data.error();
    return compact(member(*data, "environment"));
  }

 private:
  HttpClient& client_;
  std::unique_ptr<HttpExchange> exchange_;
  Snapshot snapshot_;
  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  bool left_ = false;
};

class StreamTask final : public Task {
 public:
  StreamTask(HttpClient& client, const Call& call, OnItem on_item) : client_(client) {
    HttpRequestText request{.method = "GET", .target = target_of(call)};
    const bool events = call.verb == Verb::kEvents;
    if (events) request.headers = {"Accept: text/event-stream"};
    request.on_data = [this, events, on_item = std::move(on_item)](std::string_view text) {
      if (!events) return on_item(text);
      for (const std::string& event : events_.push(text)) on_item(event);
    };
    exchange_ = client.send(std::move(request));
  }
  bool wait_for(milliseconds time) override {
    if (!exchange_->ended() && !left_) client_.drive(time);
    return exchange_->ended() || left_;
  }
  Snapshot snapshot() override { return {}; }
  void cancel() override { left_ = true; }
  Result<std::string> outcome() override {
    if (!exchange_->ended()) return std::string();
    if (exchange_->failure().empty() && exchange_->status() == 200) return std::string();
    auto data = answer_of(*exchange_);
    if (!data.ok()) return data.error();
    return std::string();
  }

 private:
  HttpClient& client_;
  EventStream events_;
  std::unique_ptr<HttpExchange> exchange_;
  bool left_ = false;
};

}  // namespace

Result<rapidjson::Document> answer_of(const HttpExchange& exchange) {
  if (exchange.failure().empty()) return data_of(exchange.status(), exchange.body());
  return agent_unreached(exchange.agent(), exchange.failure());
}

Result<std::unique_ptr<Task>> wait_at_agent(HttpClient& client, const Call& call) {
  return std::unique_ptr<Task>(std::make_unique<WaitTask>(client, call));
}

Result<std::unique_ptr<Task>> follow_at_agent(HttpClient& client, Call call, OnItem on_item) {
  if (call.verb == Verb::kLogs) call.parameters["follow"] = "true";
  return std::unique_ptr<Task>(std::make_unique<StreamTask>(client, call, std::move(on_item)));
}

}  // namespace dev8ctl
