// TransportSender: one request as a coroutine.
#include "base/sender.h"

#include <algorithm>

#include "base/crypto.h"
#include "base/text.h"

namespace dev8agent::internal {
namespace {

constexpr std::size_t kLongestId = 200;

void tell_of_answer(const Call& call, const HttpResponse& response) {
  if (const auto id = find_header(response.headers, "x-ms-request-id"))
    call.tell_answer(printable(*id, kLongestId));
}

}  // namespace

Task<Result<HttpResponse>> TransportSender::send(CallPtr call, HttpRequest request) {
  request.deadline = std::min(request.deadline, call->deadline);
  if (request.deadline <= call->now()) co_return deadline_error(*call);
  Transport* transport = transport_.get();
  auto shared = std::make_shared<HttpRequest>(std::move(request));
  CallbackAwaiter<HttpResponse> answer(call,
                                       [transport, shared](std::function<void(Result<HttpResponse>)> done) {
                                         const auto id = transport->send(std::move(*shared), std::move(done));
                                         return [transport, id] { transport->cancel(id); };
                                       });
  auto response = co_await answer;
  if (!response.ok() && response.error().code == ErrorCode::kTimeout && call->now() >= call->deadline) {
    // The request was under way, so nothing here may say that Azure refused it.
    Error late = response.error();
    late.message += last_failure_text(*call);
    co_return late;
  }
  if (response.ok() && call->listener) tell_of_answer(*call, *response);
  co_return response;
}

std::string client_request_id(const Call& call, const std::function<std::string(std::size_t)>& random_bytes) {
  std::string id = as_uuid(call.known_by().trace_id);
  if (id.empty()) id = as_uuid(call.known_by().request_id);
  return id.empty() ? make_uuid(random_bytes(16)) : id;
}

}  // namespace dev8agent::internal
