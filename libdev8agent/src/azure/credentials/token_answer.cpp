// read_token() and its parts.
#include "azure/credentials/token_answer.h"

#include <algorithm>

#include "azure/credentials/outcome.h"
#include "base/text.h"
#include "base/time_format.h"
#include "json/parse.h"

namespace dev8agent::azure {
namespace {

constexpr long long kMaxSeconds = 100'000'000'000;

std::optional<std::chrono::seconds> read_seconds(const json::Value* value) {
  if (value == nullptr) return std::nullopt;
  std::optional<long long> count = parse_unsigned(value->string());
  if (auto number = value->number(); number && *number >= 0 && *number < static_cast<double>(kMaxSeconds)) {
    count = static_cast<long long>(*number);
  }
  if (!count || *count >= kMaxSeconds) return std::nullopt;
  return std::chrono::seconds(*count);
}

// "01/31/2026 08:30:00 +00:00"
std::optional<WallTime> read_slashed_date(std::string_view text) {
  if (text.size() != 26 || text[2] != '/' || text[5] != '/' || !text.ends_with(" +00:00"))
    return std::nullopt;
  const std::string year(text.substr(6, 4));
  const std::string month(text.substr(0, 2));
  const std::string day(text.substr(3, 2));
  return parse_rfc3339(year + "-" + month + "-" + day + "T" + std::string(text.substr(11, 8)) + "Z");
}

// WallTime ends in 2262; what lies beyond is as good as never.
WallTime after(WallTime start, std::chrono::seconds span) {
  const auto room = std::chrono::floor<std::chrono::seconds>(WallTime::max() - start);
  return span >= room ? WallTime::max() : start + span;
}

Error no_token(std::string_view service) {
  Error error = credential_error(std::string(service) + " answered without a usable token");
  error.retryable = true;
  return error;
}

}  // namespace

std::optional<WallTime> read_time(const json::Value* value) {
  if (value == nullptr) return std::nullopt;
  if (auto since = read_seconds(value)) return after(WallTime(), *since);
  if (auto time = parse_rfc3339(value->string())) return time;
  return read_slashed_date(value->string());
}

bool is_transient(int status) {
  return status == 408 || status == 429 || (status >= 500 && status <= 599);
}

Result<AccessToken> read_token(std::string_view body, WallTime now, std::string_view service) {
  auto answer = json::parse(body);
  if (!answer.ok()) return no_token(service);
  const std::string_view text = answer->string_at({"access_token"});
  // The span is safe from clocks that differ; not every host sends it.
  const auto lifetime = read_seconds(answer->find("expires_in"));
  const auto expires =
      lifetime ? std::optional(after(now, *lifetime)) : read_time(answer->find("expires_on"));
  if (text.empty() || !expires) return no_token(service);
  AccessToken token{Secret(text), *expires, *expires};
  if (auto refresh = read_seconds(answer->find("refresh_in"))) {
    token.refresh_at = std::min(*expires, after(now, *refresh));
  }
  return token;
}

}  // namespace dev8agent::azure
