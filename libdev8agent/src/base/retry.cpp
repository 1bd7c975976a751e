// Back-off, the shared budget and Retry-After.
#include "base/retry.h"

#include "base/text.h"
#include "base/time_format.h"

namespace dev8agent::internal {

using std::chrono::milliseconds;

namespace {

// Attempts at what is unlikely to pass by itself.
constexpr int kFewAttempts = 5;

// A 4xx without Azure's code, as a wrong endpoint or a proxy gives.
bool garbled_refusal(const Error& error) {
  return error.azure_status >= 400 && error.azure_status < 500 && error.azure_code.empty() &&
         error.code == ErrorCode::kAzureUnavailable && error.azure_status != 408;
}

// Longer than any deadline; larger numbers count as this one.
constexpr std::chrono::hours kLongestDelay{24 * 365 * 10};

std::optional<milliseconds> delay_of(std::string_view text, milliseconds unit) {
  text = trim(text);
  if (text.empty() || text.find_first_not_of("0123456789") != text.npos) return std::nullopt;
  const auto count = parse_unsigned(text);
  if (!count || *count > milliseconds(kLongestDelay) / unit) return kLongestDelay;
  return *count * unit;
}

}  // namespace

RetryBudget::RetryBudget(int capacity, int refill_per_second)
    : capacity_(capacity), per_second_(refill_per_second), tokens_(capacity) {}

TimePoint RetryBudget::reserve(TimePoint now) {
  if (updated_ == TimePoint{}) updated_ = now;
  const std::chrono::duration<double> passed = now - updated_;
  updated_ = now;
  tokens_ = std::min(capacity_, tokens_ + passed.count() * per_second_) - 1;
  if (tokens_ >= 0) return now;
  return now + std::chrono::duration_cast<TimePoint::duration>(
                   std::chrono::duration<double>(-tokens_ / per_second_));
}

Retrier::Retrier(const RetryOptions& options, std::function<std::string(std::size_t)> random_bytes)
    : options_(options),
      random_bytes_(std::move(random_bytes)),
      budget_(options.budget_capacity, options.budget_refill_per_second) {}

milliseconds Retrier::backoff(int attempt) {
  milliseconds ceiling = options_.base_delay;
  for (int i = 1; i < attempt && ceiling < options_.max_delay; ++i) ceiling *= 2;
  ceiling = std::min(ceiling, options_.max_delay);
  const std::string random = random_bytes_(4);
  unsigned value = 0;
  for (char c : random) value = value << 8 | static_cast<unsigned char>(c);
  // Full jitter, with a floor of a quarter so that a retry never follows at once.
  const double share = 0.25 + 0.75 * (value / 4294967296.0);
  return milliseconds(static_cast<long long>(static_cast<double>(ceiling.count()) * share) + 1);
}

Task<Status> Retrier::wait(CallPtr call, int attempt, Error error) {
  if (!error.retryable || error.code == ErrorCode::kCancelled || error.code == ErrorCode::kTimeout)
    co_return error;
  call->note_failure(error);
  if ((error.lasting || garbled_refusal(error)) && attempt >= kFewAttempts) co_return error;
  // "At once", or a date that has passed, names no delay: without one, a hot loop could follow.
  const bool named = error.retry_after && error.retry_after->count() > 0;
  const milliseconds delay = named ? *error.retry_after : backoff(attempt);
  if (call->deadline - call->now() < delay) co_return error;
  const TimePoint due = std::max(call->now() + delay, budget_.reserve(call->now()));
  if (due > call->deadline) {
    budget_.give_back();
    co_return error;
  }
  call->tell_retry(Retry{error.code, error.message, attempt + 1, due});
  auto waited = co_await pause(call, due - call->now());
  if (!waited.ok() && waited.error().code == ErrorCode::kTimeout) co_return error;
  co_return waited;
}

WallTime answered_at(const std::vector<HttpHeader>& headers, WallTime now) {
  auto date = find_header(headers, "date");
  return (date ? parse_http_date(trim(*date)) : std::nullopt).value_or(now);
}

std::optional<milliseconds> retry_after(const HttpResponse& response, WallTime now) {
  for (std::string_view name : {"retry-after-ms", "x-ms-retry-after-ms"}) {
    auto value = find_header(response.headers, name);
    if (auto delay = value ? delay_of(*value, milliseconds(1)) : std::nullopt) return delay;
  }
  auto value = find_header(response.headers, "retry-after");
  if (!value) return std::nullopt;
  if (auto delay = delay_of(*value, std::chrono::seconds(1))) return delay;
  if (auto date = parse_http_date(trim(*value))) {
    return std::max(milliseconds(0),
                    std::chrono::ceil<milliseconds>(*date - answered_at(response.headers, now)));
  }
  return std::nullopt;
}

}  // namespace dev8agent::internal
