// The log record and the report of one attempt, for what coroutines and what credentials send.
#include "azure/log_sender.h"

#include <algorithm>
#include <limits>

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

std::optional<int> reads_left(const HttpResponse& response) {
  const auto header = find_header(response.headers, "x-ms-ratelimit-remaining-subscription-reads");
  const auto number = header ? parse_unsigned(trim(*header)) : std::nullopt;
  if (!number) return std::nullopt;
  return static_cast<int>(std::min<long long>(*number, std::numeric_limits<int>::max()));
}

// The report of an attempt. Its views lead into the arguments.
RequestReport report_of(const Attempt& attempt, const Scheduler& clock, const Result<HttpResponse>& outcome,
                        const std::string& code) {
  RequestReport report{.call = attempt.label, .method = attempt.method, .request_id = attempt.request_id};
  report.duration = clock.now() - attempt.begun;
  report.begun = clock.wall_now() - std::chrono::duration_cast<WallTime::duration>(report.duration);
  if (!outcome.ok()) {
    report.error = outcome.error().code;
    return report;
  }
  report.status = outcome->status;
  report.azure_code = code;
  report.azure_request_id = find_header(outcome->headers, "x-ms-request-id").value_or("");
  report.reads_left = reads_left(*outcome);
  if (outcome->status >= 400) report.retry_after = retry_after(*outcome, clock.wall_now());
  return report;
}

void add_answer(LogRecord& record, const RequestReport& report) {
  record.fields.push_back({"status", std::to_string(report.status)});
  if (!report.azure_request_id.empty())
    record.fields.push_back({"azureRequestId", printable(report.azure_request_id, 200)});
  if (report.reads_left) record.fields.push_back({"readsLeft", std::to_string(*report.reads_left)});
  if (report.status >= 429) record.level = LogLevel::kWarn;
  if (report.retry_after)
    record.fields.push_back({"retryAfterMs", std::to_string(report.retry_after->count())});
  // The code alone: Azure's sentence may quote what was sent.
  if (!report.azure_code.empty()) record.fields.push_back({"azureCode", printable(report.azure_code, 100)});
}

LogRecord record_of(const RequestReport& report, const Result<HttpResponse>& outcome) {
  LogRecord record{LogLevel::kDebug,
                   "azure.call",
                   {{"call", std::string(report.call)}, {"method", std::string(report.method)}}};
  const auto taken = std::chrono::duration_cast<std::chrono::milliseconds>(report.duration);
  record.fields.push_back({"durationMs", std::to_string(taken.count())});
  if (!report.request_id.empty()) record.fields.push_back({"requestId", std::string(report.request_id)});
  if (outcome.ok()) {
    add_answer(record, report);
    return record;
  }
  record.level = LogLevel::kWarn;
  record.fields.push_back({"error", std::string(to_string(outcome.error().code))});
  record.fields.push_back({"message", printable(outcome.error().message, 300)});
  return record;
}

// Whether every refusal is a warning, as of tokens, or those from 429 on alone.
enum class Warn { kFrom400, kFrom429 };

void tell(const Listeners& listeners, const Attempt& attempt, const Scheduler& clock,
          const Result<HttpResponse>& outcome, Warn warn) {
  if (!listeners) return;
  const bool refused = outcome.ok() && outcome->status >= 400;
  const std::string code = refused ? error_code_of(*outcome) : "";
  const RequestReport report = report_of(attempt, clock, outcome, code);
  if (listeners.observer) listeners.observer->request_ended(report);
  if (!listeners.logger) return;
  LogRecord record = record_of(report, outcome);
  if (refused && warn == Warn::kFrom400) record.level = LogLevel::kWarn;
  listeners.logger(record);
}

}  // namespace

Task<Result<HttpResponse>> LogSender::send(CallPtr call, HttpRequest request) {
  const Attempt attempt{request.label, request.method, call->known_by().request_id, call->now()};
  auto response = co_await next_.send(call, std::move(request));
  tell(listeners_, attempt, *call->scheduler, response, Warn::kFrom429);
  co_return response;
}

Transport::RequestId LogTransport::send(HttpRequest request, Completion completion) {
  if (!listeners_) return next_.send(std::move(request), std::move(completion));
  Attempt attempt{request.label, request.method, "", scheduler_.now()};
  auto logged = [listeners = listeners_, &scheduler = scheduler_, attempt = std::move(attempt),
                 completion = std::move(completion)](Result<HttpResponse> outcome) {
    tell(listeners, attempt, scheduler, outcome, Warn::kFrom400);
    completion(std::move(outcome));
  };
  return next_.send(std::move(request), std::move(logged));
}

}  // namespace dev8agent::internal::azure
