// MemoryTransport: see memory_transport.h.
#include "memory_transport.h"

#include <unordered_map>

namespace dev8agent::emulator {
namespace {

Error transport_error(ErrorCode code, std::string message, bool request_sent) {
  Error error;
  error.code = code;
  error.message = std::move(message);
  error.retryable = true;
  error.request_sent = request_sent;
  return error;
}

bool hangs(Fault::Kind kind) {
  return kind == Fault::kHang || kind == Fault::kHangAfter;
}

}  // namespace

struct MemoryTransport::Pending {
  HttpRequest request;
  Completion completion;
  Fault fault;
  TimePoint arrives{};   // at the far end
  TimePoint answered{};  // the answer is back; max: never
  std::optional<HttpResponse> response;
  std::optional<Scheduler::TimerId> timer;

  bool in_time() const { return answered <= request.deadline; }
  bool sent() const { return fault.kind != Fault::kRefuseConnection; }
};

struct MemoryTransport::State : std::enable_shared_from_this<State> {
  std::shared_ptr<Scheduler> scheduler;
  std::chrono::nanoseconds latency{};
  Far far;
  RequestId last_id = 0;
  std::unordered_map<RequestId, Pending> pending;

  void schedule(RequestId id, TimePoint due, void (State::*next)(RequestId));
  void travel(RequestId id);
  void arrive(RequestId id);
  void finish(RequestId id);
  Result<HttpResponse> outcome(Pending& request) const;
};

void MemoryTransport::State::schedule(RequestId id, TimePoint due, void (State::*next)(RequestId)) {
  pending.at(id).timer = scheduler->call_at(due, [weak = weak_from_this(), id, next] {
    auto state = weak.lock();
    if (!state) return;
    auto found = state->pending.find(id);
    if (found == state->pending.end()) return;
    found->second.timer.reset();
    (state.get()->*next)(id);
  });
}

// A caller whose deadline comes first has hung up before the request arrives: it takes no effect.
void MemoryTransport::State::travel(RequestId id) {
  const Pending& request = pending.at(id);
  if (request.arrives <= request.request.deadline) {
    schedule(id, request.arrives, &State::arrive);
  } else {
    schedule(id, request.request.deadline, &State::finish);
  }
}

void MemoryTransport::State::arrive(RequestId id) {
  Pending& request = pending.at(id);
  request.response = far.deliver(request.request, request.fault, request.in_time());
  const TimePoint end = std::min(request.answered, request.request.deadline);
  if (end != TimePoint::max()) schedule(id, end, &State::finish);
}

void MemoryTransport::State::finish(RequestId id) {
  auto node = pending.extract(id);
  Pending& request = node.mapped();
  Result<HttpResponse> result = outcome(request);
  request.completion(std::move(result));
}

Result<HttpResponse> MemoryTransport::State::outcome(Pending& request) const {
  if (!request.in_time()) {
    const bool left = request.sent() && request.arrives != TimePoint::max();
    return transport_error(ErrorCode::kTimeout, "The deadline passed before an answer came.", left);
  }
  if (request.response) return std::move(*request.response);
  return transport_error(ErrorCode::kAzureUnavailable,
                         request.sent() ? "The connection was cut." : "The connection was refused.",
                         request.sent());
}

MemoryTransport::MemoryTransport(std::shared_ptr<Scheduler> scheduler, std::chrono::nanoseconds latency,
                                 Far far)
    : state_(std::make_shared<State>()) {
  state_->scheduler = std::move(scheduler);
  state_->latency = latency;
  state_->far = std::move(far);
}

MemoryTransport::~MemoryTransport() {
  if (!state_->scheduler->on_loop_thread()) return;  // the timers find nothing
  for (const auto& [id, request] : state_->pending) {
    if (request.timer) state_->scheduler->cancel(*request.timer);
  }
}

Transport::RequestId MemoryTransport::send(HttpRequest request, Completion completion) {
  State& state = *state_;
  const RequestId id = ++state.last_id;
  const TimePoint now = state.scheduler->now();
  Pending pending;
  pending.request = std::move(request);
  pending.completion = std::move(completion);
  if (pending.request.deadline <= now) {  // too late to send anything
    pending.arrives = pending.answered = TimePoint::max();
  } else {
    pending.fault = state.far.next_fault(pending.request);
    pending.arrives = now + state.latency / 2;
    pending.answered = hangs(pending.fault.kind) ? TimePoint::max() : now + state.latency;
  }
  state.pending.emplace(id, std::move(pending));
  state.travel(id);
  return id;
}

void MemoryTransport::cancel(RequestId id) {
  auto found = state_->pending.find(id);
  if (found == state_->pending.end()) return;
  if (found->second.timer) state_->scheduler->cancel(*found->second.timer);
  auto dropped = state_->pending.extract(found);
}

}  // namespace dev8agent::emulator
