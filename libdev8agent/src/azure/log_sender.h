// One log record per attempt, from an allow-list of fields: LogSender for what coroutines send, LogTransport
// for what credentials send.
#pragma once

#include "base/sender.h"
#include "dev8agent/log.h"

namespace dev8agent::internal::azure {

// `logger` may be null: then nothing is recorded.
class LogSender final : public Sender {
 public:
  LogSender(Sender& next, Logger logger) : next_(next), logger_(std::move(logger)) {}
  Task<Result<HttpResponse>> send(CallPtr call, HttpRequest request) override;

 private:
  Sender& next_;
  Logger logger_;
};

// Both references must outlive the requests that are sent here.
class LogTransport final : public Transport {
 public:
  LogTransport(Transport& next, Scheduler& scheduler, Logger logger)
      : next_(next), scheduler_(scheduler), logger_(std::move(logger)) {}
  RequestId send(HttpRequest request, Completion completion) override;
  void cancel(RequestId id) override { next_.cancel(id); }

 private:
  Transport& next_;
  Scheduler& scheduler_;
  Logger logger_;
};

}  // namespace dev8agent::internal::azure
