// One log record for each attempt of a request to Azure. LogSender records what coroutines send, LogTransport
// what credentials send. Loop thread only.
//
// The record is the event "azure.call" on the level debug; warn for a request without an answer and for a
// status from 429 on. LogTransport warns from 400 on, as a token request that is refused stops everything
// else. The fields come from an allow-list: label, method, duration in ms, request id, status, Azure's
// request id and error code, how long it asks to wait, and without an answer the transport's error. URLs,
// headers, bodies and Azure's sentences are not logged, because they may hold secrets.
#pragma once

#include "base/sender.h"
#include "dev8agent/log.h"

namespace dev8agent::internal::azure {

// A stage of the chain of Senders that changes nothing. The time is that of one attempt, without the waits
// between attempts. `next` must outlive it. `logger` may be null: then nothing is recorded.
class LogSender final : public Sender {
 public:
  LogSender(Sender& next, Logger logger) : next_(next), logger_(std::move(logger)) {}
  Task<Result<HttpResponse>> send(CallPtr call, HttpRequest request) override;

 private:
  Sender& next_;
  Logger logger_;
};

// The same as a Transport. Both references must outlive the requests that are sent here. The record is
// written before the completion is called, on the loop thread. A cancelled request leaves no record.
class LogTransport final : public Transport {
 public:
  LogTransport(Transport& next, Scheduler& scheduler, Logger logger)
      : next_(next), scheduler_(scheduler), logger_(std::move(logger)) {}
  // With a null `logger` the request goes straight to `next`.
  RequestId send(HttpRequest request, Completion completion) override;
  // The ids are those of `next`.
  void cancel(RequestId id) override { next_.cancel(id); }

 private:
  Transport& next_;
  Scheduler& scheduler_;
  Logger logger_;
};

}  // namespace dev8agent::internal::azure
