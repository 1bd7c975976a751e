// read_token() and its parts.
#include "azure/credentials/token_answer.h"

#include <algorithm>
#include <charconv>
#include <cstdio>

#include "azure/credentials/outcome.h"
#include "base/text.h"
#include "base/time_format.h"
#include "json/parse.h"

namespace dev8agent::internal::azure {
namespace {

constexpr long long kMaxSeconds = 100'000'000'000;

std::optional<double> to_number(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// A number, or a string of one: "3599", "1506484173.5".
std::optional<std::chrono::seconds> read_seconds(const json::Value* value) {
  if (value == nullptr) return std::nullopt;
  const auto number = value->is_string() ? to_number(trim(value->string())) : value->number();
  if (!number || !(*number >= 0) || *number >= static_cast<double>(kMaxSeconds)) return std::nullopt;
  return std::chrono::seconds(static_cast<long long>(*number));
}

// "1/31/2026 08:30:00 +00:00", or with a 12-hour clock, "1/31/2026 8:30:00 AM +00:00".
std::optional<WallTime> read_slashed_date(std::string_view text) {
  int month = 0, day = 0, year = 0, hour = 0, minute = 0, second = 0;
  char half = '\0';
  int end = -1;
  const std::string copy(text);
  constexpr const char* kTwelve = "%2d/%2d/%4d %2d:%2d:%2d %cM +00:00%n";
  constexpr const char* kTwentyFour = "%2d/%2d/%4d %2d:%2d:%2d +00:00%n";
  if (std::sscanf(copy.c_str(), kTwelve, &month, &day, &year, &hour, &minute, &second, &half, &end) == 7 &&
      end >= 0) {
    if ((half != 'A' && half != 'P') || hour < 1 || hour > 12) return std::nullopt;
    hour = hour % 12 + (half == 'P' ? 12 : 0);
  } else if (std::sscanf(copy.c_str(), kTwentyFour, &month, &day, &year, &hour, &minute, &second, &end) !=
             6) {
    return std::nullopt;
  }
  if (end != static_cast<int>(copy.size())) return std::nullopt;
  char normal[64];
  std::snprintf(normal, sizeof(normal), "%04d-%02d-%02dT%02d:%02d:%02dZ", year, month, day, hour, minute,
                second);
  return parse_rfc3339(normal);
}

// WallTime ends in 2262; what lies beyond is as good as never.
WallTime after(WallTime start, std::chrono::seconds span) {
  const auto room = std::chrono::floor<std::chrono::seconds>(WallTime::max() - start);
  return span >= room ? WallTime::max() : start + span;
}

Error no_token(std::string_view service) {
  Error error = credential_error(std::string(service) + " answered without a usable token");
  error.retryable = true;
  error.lasting = true;
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
  auto answer = json::parse(body, json::kLenient);
  if (!answer.ok()) return no_token(service);
  const std::string_view text = answer->string_at({"access_token"});
  // The span is safe from clocks that differ; not every host sends it.
  const auto lifetime = read_seconds(answer->find("expires_in"));
  const auto expires =
      lifetime ? std::optional(after(now, *lifetime)) : read_time(answer->find("expires_on"));
  if (text.empty()) return no_token(service);
  if (!expires) {
    return credential_error(std::string(service) +
                            " answered a token whose expires_in or expires_on cannot be understood");
  }
  AccessToken token{Secret(text), *expires, *expires};
  if (auto refresh = read_seconds(answer->find("refresh_in"))) {
    token.refresh_at = std::min(*expires, after(now, *refresh));
  }
  return token;
}

}  // namespace dev8agent::internal::azure
