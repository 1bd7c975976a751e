// One log record and one report to the observer for each attempt of a request to Azure. LogSender records
// what coroutines send, LogTransport what credentials send. Loop thread only.
//
// The record is the event "azure.call" on the level debug; warn for a request without an answer and for a
// status from 429 on. LogTransport warns from 400 on, as a token request that is refused stops everything
// else. The fields come from an allow-list: label, method, duration in ms, request id, status, Azure's
// request id and error code, how long it asks to wait, and without an answer the transport's error. URLs,
// headers, bodies and Azure's sentences are not logged, because they may hold secrets.
#pragma once

#include "base/sender.h"
#include "dev8agent/log.h"
#include "dev8agent/observer.h"

namespace dev8agent::internal::azure {

// Who is told of attempts. Each may be null.
struct Listeners {
  Logger logger{};
  std::shared_ptr<Observer> observer{};
  explicit operator bool() const { return logger || observer; }
};

// A stage of the chain of Senders that changes nothing. The time is that of one attempt, without the waits
// between attempts. `next` must outlive it. Without listeners nothing is recorded.
class LogSender final : public Sender {
 public:
  LogSender(Sender& next, Listeners listeners) : next_(next), listeners_(std::move(listeners)) {}
  Task<Result<HttpResponse>> send(CallPtr call, HttpRequest request) override;

 private:
  Sender& next_;
  Listeners listeners_;
};

// The same as a Transport. Both references must outlive the requests that are sent here. The record is
// written before the completion is called, on the loop thread. A cancelled request leaves no record.
class LogTransport final : public Transport {
 public:
  LogTransport(Transport& next, Scheduler& scheduler, Listeners listeners)
      : next_(next), scheduler_(scheduler), listeners_(std::move(listeners)) {}
  // Without listeners the request goes straight to `next`.
  RequestId send(HttpRequest request, Completion completion) override;
  // The ids are those of `next`.
  void cancel(RequestId id) override { next_.cancel(id); }

 private:
  Transport& next_;
  Scheduler& scheduler_;
  Listeners listeners_;
};

}  // namespace dev8agent::internal::azure
