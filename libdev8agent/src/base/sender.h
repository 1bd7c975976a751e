// Sender: a Transport as a coroutine, and the place where policies stack: auth(log(transport)). A policy is a
// Sender that calls the next one: azure/bearer_sender.h adds the token, azure/log_sender.h the log record.
// Loop thread only.
//
//   Task<Result<HttpResponse>> CountingSender::send(CallPtr call, HttpRequest request) {
//     ++sent_;
//     auto response = co_await next_.send(call, std::move(request));
//     co_return response;
//   }
#pragma once

#include <memory>

#include "base/call.h"
#include "base/task.h"
#include "dev8agent/transport.h"

namespace dev8agent::internal {

// Interface of a policy and of the innermost sender. Whoever stacks policies owns them all
// (orchestrator/azure_services.h); a policy holds a reference to the next.
class Sender {
 public:
  virtual ~Sender() = default;
  // One attempt. The call's deadline is the request's unless that is earlier. Every HTTP status is a success
  // here; failures are those of Transport::send() and kCancelled when the call is cancelled. The sender must
  // outlive the task.
  virtual Task<Result<HttpResponse>> send(CallPtr call, HttpRequest request) = 0;
};

// The innermost Sender. Cancels the request when the call is cancelled or the awaiting frame is destroyed;
// the server may act all the same. kTimeout at once, and nothing is sent, when the deadline has passed
// already.
class TransportSender final : public Sender {
 public:
  // `transport` must belong to the scheduler of the calls.
  explicit TransportSender(std::shared_ptr<Transport> transport) : transport_(std::move(transport)) {}
  Task<Result<HttpResponse>> send(CallPtr call, HttpRequest request) override;

 private:
  std::shared_ptr<Transport> transport_;
};

// The x-ms-client-request-id of a request: the call's trace id, else its request id, where it has the form of
// a UUID, which is all that Azure takes. Else a new one.
std::string client_request_id(const Call& call, const std::function<std::string(std::size_t)>& random_bytes);

}  // namespace dev8agent::internal
