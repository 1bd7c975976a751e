// The delay that a response asks for, in each of its forms.
#include <doctest/doctest.h>

#include "base/retry.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

const WallTime kNow = WallTime(seconds(1768465800));  // 2026-01-15T08:30:00Z

std::optional<milliseconds> delay(std::vector<HttpHeader> headers) {
  HttpResponse response;
  response.headers = std::move(headers);
  return retry_after(response, kNow);
}
std::optional<milliseconds> delay(const std::string& value) {
  return delay(std::vector<HttpHeader>{{"Retry-After", value}});
}

}  // namespace

TEST_CASE("retry-after: seconds, dates and milliseconds") {
  CHECK(delay("0") == milliseconds(0));
  CHECK(delay("17") == seconds(17));
  CHECK(delay(" 17 ") == seconds(17));
  CHECK(delay("86400") == seconds(86400));
  CHECK(delay("Thu, 15 Jan 2026 08:30:05 GMT") == seconds(5));
  CHECK(delay("Thu, 15 Jan 2026 09:30:00 GMT") == seconds(3600));
  CHECK(delay("Thu, 15 Jan 2026 08:29:00 GMT") == milliseconds(0));
  CHECK(delay({{"retry-after-ms", "250"}}) == milliseconds(250));
  CHECK(delay({{"X-MS-RETRY-AFTER-MS", "250"}}) == milliseconds(250));
  CHECK(delay({{"Retry-After", "9"}, {"x-ms-retry-after-ms", "250"}}) == milliseconds(250));
  CHECK(delay({{"Retry-After", "9"}, {"retry-after-ms", "soon"}}) == seconds(9));
}

TEST_CASE("retry-after: a date is read by the clock of who sent it") {
  const HttpHeader date = {"Retry-After", "Thu, 15 Jan 2026 08:30:30 GMT"};
  CHECK(delay({date, {"Date", "Thu, 15 Jan 2026 08:30:00 GMT"}}) == seconds(30));
  CHECK(delay({date, {"Date", "Thu, 15 Jan 2026 08:25:00 GMT"}}) == seconds(330));
  CHECK(delay({date, {"date", "Thu, 15 Jan 2026 08:40:00 GMT"}}) == seconds(0));
  CHECK(delay({date, {"Date", "some day"}}) == seconds(30));
}

TEST_CASE("retry-after: absent or malformed is none") {
  CHECK_FALSE(delay(std::vector<HttpHeader>()).has_value());
  for (const char* bad :
       {"", "soon", "-1", "+1", "1.5", "1s", "2026-01-15T08:30:05Z", "Thu, 15 Jan 2026 08:30:05 PST"}) {
    CAPTURE(std::string(bad));
    CHECK_FALSE(delay(bad).has_value());
  }
}

TEST_CASE("retry-after: one that is longer than any deadline is long, not none") {
  // Taken for none, it would be answered with a retry within a second.
  for (const char* value :
       {"1000000", "31536000", "4294967296", "99999999999999999999", "Fri, 31 Dec 9999 23:59:59 GMT"}) {
    CAPTURE(std::string(value));
    const auto span = delay(value);
    REQUIRE(span.has_value());
    CHECK(*span >= std::chrono::hours(24));
  }
  CHECK(delay({{"retry-after-ms", "99999999999"}}).value_or(milliseconds(0)) >= std::chrono::hours(24));
}
