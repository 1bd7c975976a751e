// Sender: a Transport as a coroutine, and the place where policies stack: auth(log(transport)). Loop thread
// only.
#pragma once

#include <memory>

#include "base/call.h"
#include "base/task.h"
#include "dev8agent/transport.h"

namespace dev8agent::internal {

class Sender {
 public:
  virtual ~Sender() = default;
  // One attempt. The call's deadline is the request's unless that is earlier.
  virtual Task<Result<HttpResponse>> send(CallPtr call, HttpRequest request) = 0;
};

// The innermost Sender; cancels the request when the call is cancelled.
class TransportSender final : public Sender {
 public:
  explicit TransportSender(std::shared_ptr<Transport> transport) : transport_(std::move(transport)) {}
  Task<Result<HttpResponse>> send(CallPtr call, HttpRequest request) override;

 private:
  std::shared_ptr<Transport> transport_;
};

}  // namespace dev8agent::internal
