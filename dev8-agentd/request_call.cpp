// Exchanges as calls of the front door.
#include "request_call.h"

#include <string_view>
#include <utility>

#include "quick_answer.h"

namespace dev8agentd {
namespace {

constexpr int kClientClosedRequest = 499;  // for metrics and log only; nobody is there to be answered

// Other methods than GET and HEAD are refused, or answered without a body.
CallThread thread_for(const RequestHead& head) {
  const std::string_view target = head.target;
  const std::string_view path = target.substr(0, target.find('?'));
  const bool is_quick = path == "/live" || path == "/health" || path == "/ready";
  if (is_quick && !head.fault && (head.method == "GET" || head.method == "HEAD")) return CallThread::kLoop;
  return is_quick || path == "/metrics" ? CallThread::kProbe : CallThread::kWorker;
}

class RequestCall final : public Call {
 public:
  RequestCall(RawRequest request, bool close, Agent& agent, const Log& log, UuidSource& ids,
              HttplibAdapter& adapter)
      : adapter_(adapter),
        thread_(thread_for(request.head)),
        exchange_(std::move(request), close, agent, log, ids) {}

  CallThread thread() const override { return thread_; }

  std::optional<Answer> begin() override {
    if (thread_ == CallThread::kLoop) return quick_answer(exchange_);
    Answer answer = adapter_.process(exchange_, pending_);
    if (pending_) return std::nullopt;
    return answer;
  }

  void wait(std::function<void()> notify) override { pending_->on_end(std::move(notify)); }
  TimePoint deadline() const override { return pending_->ask ? pending_->ask_at : pending_->deadline; }
  bool waits_on() override {
    if (!pending_->ask) return false;
    std::exchange(pending_->ask, nullptr)();
    return true;
  }
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
  const CallThread thread_;
  Exchange exchange_;
  std::optional<Pending> pending_;
};

}  // namespace

std::shared_ptr<Call> RequestCalls::make(RawRequest request, bool close) {
  return std::make_shared<RequestCall>(std::move(request), close, agent_, log_, ids_, adapter_);
}

}  // namespace dev8agentd
