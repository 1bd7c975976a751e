#include "azure/log_sender.h"

#include "base/text.h"

namespace dev8agent::azure {

Task<Result<HttpResponse>> LogSender::send(CallPtr call, HttpRequest request) {
  if (!logger_) {
    auto response = co_await next_.send(call, std::move(request));
    co_return response;
  }
  LogRecord record{LogLevel::kDebug, "azure.call", {{"call", request.label}, {"method", request.method}}};
  const TimePoint begun = call->now();
  auto response = co_await next_.send(call, std::move(request));
  const auto taken = std::chrono::duration_cast<std::chrono::milliseconds>(call->now() - begun);
  record.fields.push_back({"durationMs", std::to_string(taken.count())});
  if (!call->request_id.empty()) record.fields.push_back({"requestId", call->request_id});
  if (response.ok()) {
    record.fields.push_back({"status", std::to_string(response->status)});
    if (auto id = find_header(response->headers, "x-ms-request-id")) {
      record.fields.push_back({"azureRequestId", printable(*id, 200)});
    }
    if (response->status >= 429) record.level = LogLevel::kWarn;
  } else {
    record.level = LogLevel::kWarn;
    record.fields.push_back({"error", std::string(to_string(response.error().code))});
  }
  logger_(record);
  co_return response;
}

}  // namespace dev8agent::azure
