// The log record of one attempt, for what coroutines and what credentials send.
#include "azure/log_sender.h"

#include "azure/errors.h"
#include "base/retry.h"
#include "base/text.h"

namespace dev8agent::internal::azure {
namespace {

// What is known of an attempt before its outcome.
struct Attempt {
  std::string label;
  std::string method;
  std::string request_id;
  TimePoint begun;
};

void add_outcome(LogRecord& record, const HttpResponse& response, WallTime now) {
  record.fields.push_back({"status", std::to_string(response.status)});
  if (auto id = find_header(response.headers, "x-ms-request-id"))
    record.fields.push_back({"azureRequestId", printable(*id, 200)});
  if (auto left = find_header(response.headers, "x-ms-ratelimit-remaining-subscription-reads"))
    record.fields.push_back({"readsLeft", printable(*left, 20)});
  if (response.status >= 429) record.level = LogLevel::kWarn;
  if (response.status < 400) return;
  if (const auto wait = retry_after(response, now))
    record.fields.push_back({"retryAfterMs", std::to_string(wait->count())});
  // The code alone: Azure's sentence may quote what was sent.
  if (auto code = error_code_of(response); !code.empty())
    record.fields.push_back({"azureCode", printable(code, 100)});
}

LogRecord record_of(const Attempt& attempt, const Scheduler& clock, const Result<HttpResponse>& outcome) {
  LogRecord record{LogLevel::kDebug, "azure.call", {{"call", attempt.label}, {"method", attempt.method}}};
  const auto taken = std::chrono::duration_cast<std::chrono::milliseconds>(clock.now() - attempt.begun);
  record.fields.push_back({"durationMs", std::to_string(taken.count())});
  if (!attempt.request_id.empty()) record.fields.push_back({"requestId", attempt.request_id});
  if (outcome.ok()) {
    add_outcome(record, *outcome, clock.wall_now());
    return record;
  }
  record.level = LogLevel::kWarn;
  record.fields.push_back({"error", std::string(to_string(outcome.error().code))});
  record.fields.push_back({"message", printable(outcome.error().message, 300)});
  return record;
}

}  // namespace

Task<Result<HttpResponse>> LogSender::send(CallPtr call, HttpRequest request) {
  const Attempt attempt{request.label, request.method, call->request_id, call->now()};
  auto response = co_await next_.send(call, std::move(request));
  if (logger_) logger_(record_of(attempt, *call->scheduler, response));
  co_return response;
}

Transport::RequestId LogTransport::send(HttpRequest request, Completion completion) {
  if (!logger_) return next_.send(std::move(request), std::move(completion));
  Attempt attempt{request.label, request.method, "", scheduler_.now()};
  auto logged = [logger = logger_, &scheduler = scheduler_, attempt = std::move(attempt),
                 completion = std::move(completion)](Result<HttpResponse> outcome) {
    LogRecord record = record_of(attempt, scheduler, outcome);
    if (outcome.ok() && outcome->status >= 400) record.level = LogLevel::kWarn;
    logger(record);
    completion(std::move(outcome));
  };
  return next_.send(std::move(request), std::move(logged));
}

}  // namespace dev8agent::internal::azure
