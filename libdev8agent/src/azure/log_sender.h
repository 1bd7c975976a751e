// LogSender: one record per attempt, from an allow-list of fields.
#pragma once

#include "base/sender.h"
#include "dev8agent/log.h"

namespace dev8agent::azure {

class LogSender final : public Sender {
 public:
  LogSender(Sender& next, Logger logger) : next_(next), logger_(std::move(logger)) {}
  Task<Result<HttpResponse>> send(CallPtr call, HttpRequest request) override;

 private:
  Sender& next_;
  Logger logger_;
};

}  // namespace dev8agent::azure
