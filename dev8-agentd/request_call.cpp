// Exchanges as calls of the front door.
#include "request_call.h"

#include <string_view>
#include <utility>

namespace dev8agentd {
namespace {

constexpr int kClientClosedRequest = 499;  // for metrics and log only; nobody is there to be answered

bool is_probe_target(std::string_view target) {
  const std::string_view path = target.substr(0, target.find('?'));
  return path == "/live" || path == "/health" || path == "/ready" || path == "/metrics";
}

class RequestCall final : public Call {
 public:
  RequestCall(RawRequest request, bool close, Agent& agent, const Log& log, HttplibAdapter& adapter)
      : adapter_(adapter),
        is_probe_(is_probe_target(request.head.target)),
        exchange_(std::move(request), close, agent, log) {}

  bool is_probe() const override { return is_probe_; }

  std::optional<Answer> begin() override {
    Answer answer = adapter_.process(exchange_, pending_);
    if (pending_) return std::nullopt;
    return answer;
  }

  void wait(std::function<void()> notify) override { pending_->on_end(std::move(notify)); }
  TimePoint deadline() const override { return pending_->deadline; }
  void leave() override { pending_->place.leave(); }

  Answer finish() override {
    Answer answer = adapter_.write(exchange_, pending_->answer);
    pending_.reset();
    return answer;
  }

  void abandon() override {
    pending_.reset();
    exchange_.record(kClientClosedRequest, 0);
  }

 private:
  HttplibAdapter& adapter_;
  const bool is_probe_;
  Exchange exchange_;
  std::optional<Pending> pending_;
};

}  // namespace

std::shared_ptr<Call> RequestCalls::make(RawRequest request, bool close) {
  return std::make_shared<RequestCall>(std::move(request), close, agent_, log_, adapter_);
}

}  // namespace dev8agentd
